/**
 * The few errors Pendopo knows, by meaning. `message` is Indonesian and fit for a person; `code` is stable and
 * English, for machines and for grouping failures by cause; the technical reason travels as `cause`.
 */
export type ErrorKind = 'not-found' | 'conflict' | 'forbidden' | 'invalid' | 'unavailable' | 'broken';

export interface ErrorDetails {
  readonly cause?: unknown;
  /** What the reader should do next, in Indonesian. */
  readonly advice?: string;
  /** For `invalid`: which input is wrong. */
  readonly field?: string;
}

export abstract class PendopoError extends Error {
  abstract readonly kind: ErrorKind;
  readonly code: string;
  readonly advice: string | null;
  readonly field: string | null;

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.advice = details.advice ?? null;
    this.field = details.field ?? null;
  }
}

/** What was asked for does not exist (or the asker may not know that it does). */
export class NotFound extends PendopoError {
  readonly kind = 'not-found';
}
/** The state of things forbids it now: exists already, is busy, belongs to something else. */
export class Conflict extends PendopoError {
  readonly kind = 'conflict';
}
/** The actor may not do this. */
export class Forbidden extends PendopoError {
  readonly kind = 'forbidden';
}
/** The input is wrong; `field` says which. */
export class Invalid extends PendopoError {
  readonly kind = 'invalid';
}
/** Something outside does not answer right now; the same call may succeed later. */
export class Unavailable extends PendopoError {
  readonly kind = 'unavailable';
}
/** Something outside answered, and the answer is a failure. */
export class Broken extends PendopoError {
  readonly kind = 'broken';
}

/** The whole chain of reasons in one line, each message once. For logs and the job's record, never for the asker of an API. */
export function explain(error: unknown): string {
  const messages: string[] = [];
  let current: unknown = error;
  while (current instanceof Error && messages.length < 8) {
    if (!messages.includes(current.message)) messages.push(current.message);
    current = current.cause;
  }
  if (current !== undefined && !(current instanceof Error)) messages.push(String(current));
  return messages.join(' ← ');
}

/** Whether somewhere in the chain of reasons the disk (or its quota) was full. */
export function isDiskFull(error: unknown): boolean {
  for (let current = error; current instanceof Error; current = current.cause) {
    if ('code' in current && (current.code === 'ENOSPC' || current.code === 'EDQUOT')) return true;
  }
  return false;
}

export function diskFull(cause: unknown): Broken {
  return new Broken('disk-penuh', 'Ruang disk di server habis.', {
    cause,
    advice: 'Kosongkan atau tambah ruang disk, lalu tekan Coba lagi. Berkas yang belum selesai ditulis sudah dibuang.',
  });
}
