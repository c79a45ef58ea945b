import { CommanderError } from 'commander';
import { problemOf } from '../../src/api/problem.ts';
import { explain, PendopoError } from '../../src/domain/errors.ts';
import { refusalOf } from './indonesian-help.ts';
import { commandName, type Output } from './output.ts';
import type { ExitCode } from './verb.ts';

const UNKNOWN = {
  message: 'Terjadi kesalahan yang tidak diduga. Perintah ini tidak selesai.',
  advice: 'Periksa keadaannya sebelum mencoba lagi: pendopo periksa.',
};

/** Tells what went wrong on standard error: for people, or as problem JSON. */
export function showFailure(error: unknown, output: Output): ExitCode {
  if (error instanceof CommanderError) {
    // The help was shown because something was left out.
    if (error.code === 'commander.help') return 2;
    const refusal = refusalOf(error);
    return refusal === null ? 0 : showFailure(refusal, output);
  }
  output.fail(output.json ? JSON.stringify(problemFor(error)) : failureText(error));
  return exitCodeOf(error);
}

export function exitCodeOf(error: unknown): ExitCode {
  if (!(error instanceof PendopoError)) return 1;
  switch (error.kind) {
    case 'invalid':
    case 'not-found':
    case 'conflict':
    case 'forbidden':
      return 2;
    case 'unavailable':
      return 3;
    case 'broken':
      return 1;
    default: {
      const unknown: never = error.kind;
      return unknown;
    }
  }
}

/** Why one of many was refused, in the shape the API has for it. */
export function reasonOf(error: unknown): { code: string; detail: string; advice?: string } {
  const { code, detail, advice } = problemOf(error, '');
  return { code, detail, ...(advice === undefined ? {} : { advice }) };
}

/** As the API writes it, but for the number of a request that there was not. */
function problemFor(error: unknown): Record<string, unknown> {
  const { request: _none, ...problem } = problemOf(error, '');
  if (error instanceof PendopoError) return problem;
  return { ...problem, detail: UNKNOWN.message, advice: UNKNOWN.advice, reason: explain(error) };
}

export function failureText(error: unknown): string {
  if (!(error instanceof PendopoError)) return `${UNKNOWN.message}\n  Sebab: ${explain(error)}\n  ${UNKNOWN.advice}`;
  const isTechnical = error.kind === 'broken' || error.kind === 'unavailable';
  const reason = isTechnical && error.cause !== undefined ? [`Sebab: ${explain(error.cause)}`] : [];
  const advice = error.advice === null ? [] : [error.advice];
  return [error.message, ...reason, ...advice].join('\n  ').replaceAll('pendopo periksa', `${commandName()} periksa`);
}
