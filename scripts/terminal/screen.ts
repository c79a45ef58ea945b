import { styleText } from 'node:util';
import { explain, PendopoError } from '../../src/domain/errors.ts';

/** Whether a person watches: then lines may be redrawn and coloured. */
export function isLive(): boolean {
  return process.stdout.isTTY === true && process.env.TERM !== 'dumb';
}

export function paint(style: 'green' | 'red' | 'yellow' | 'cyan' | 'dim' | 'bold', text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

export function tell(text: string): void {
  console.log(`  ${text}`);
}

/** `1,2 dtk`: the decimal comma of Indonesian. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1).replace('.', ',')} dtk`;
}

/** Runs a part of the start and writes a line when it is done. */
export async function stage<T>(text: string, work: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  const result = await work();
  console.log(`${paint('green', '✔')} ${text} ${paint('dim', `(${seconds(performance.now() - begun)})`)}`);
  return result;
}

/** Rows of label and value in a frame; a row of null is an empty line. */
export function box(title: string, rows: readonly (readonly [string, string] | null)[]): void {
  const label = Math.max(...rows.map((row) => row?.[0].length ?? 0));
  const lines = rows.map((row) => (row === null ? '' : `${row[0].padEnd(label)}  ${row[1]}`));
  const width = Math.max(title.length, ...lines.map((line) => line.length));
  console.log(`\n┌─ ${paint('bold', title)} ${'─'.repeat(Math.max(0, width - title.length))}┐`);
  for (const line of lines) console.log(`│ ${line.padEnd(width)}  │`);
  console.log(`└${'─'.repeat(width + 3)}┘\n`);
}

/** What went wrong and what to do about it, without a stack trace. */
export function showFailure(error: unknown): void {
  console.error(`\n${paint('red', '✘')} ${error instanceof Error ? explain(error) : String(error)}`);
  if (error instanceof PendopoError && error.advice !== null) console.error(`  ${error.advice}`);
}
