import { Broken, diskFull, isDiskFull, PendopoError, Unavailable } from '../domain/errors.ts';
import { errorCode } from './outside-errors.ts';

const LOST = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR',
]);
/** 1040, 1203 no connection free; 1053, 1077–1079 shutting down; 1927 connection killed; 20xx the clients' own words for no answer. */
const NO_ANSWER = new Set([1040, 1203, 1053, 1077, 1078, 1079, 1927, 2002, 2003, 2005, 2006, 2013, 2026, 2055]);
/** 1205 lock wait, 1213 deadlock, 1969 too slow: the same call may succeed later. */
const BUSY = new Set([1205, 1213, 1969]);
/** 1021 disk full; 1114 table full, which for InnoDB means the same. */
const FULL = new Set([1021, 1114]);
/** 1044, 1045, 1142, 1227, 1698: our own account may not. */
const DENIED = new Set([1044, 1045, 1142, 1227, 1698]);

/** What a driver error means. Errors of our own and errors that are no driver's pass as they are. */
export function translateError(error: unknown): unknown {
  if (error instanceof PendopoError) return error;
  if (isDiskFull(error)) return diskFull(error);
  const code = errorCode(error);
  if (code !== null && LOST.has(code)) return noAnswer(error);
  const number = errnoOf(error);
  return number === null || !(error instanceof Error) ? error : byNumber(number, error.message, error);
}

/** The server's error number in the chain of reasons, or null. */
export function errnoOf(error: unknown): number | null {
  for (let current = error; current instanceof Error; current = current.cause) {
    if ('errno' in current && typeof current.errno === 'number') return current.errno;
  }
  return null;
}

/** What a failed `mariadb` or `mariadb-dump` means: they tell the server's error number, and the system's in brackets. */
export function translateClient(program: string, stderr: string, code: number | null): PendopoError {
  const match = /\berror:?\s+(\d{4})\b|\((\d{4})\)\s*$/im.exec(stderr);
  const number = Number(match?.[1] ?? match?.[2] ?? 0);
  return byNumber(number, stderr, new Error(`${program} ended with ${code ?? 'a signal'}: ${stderr}`));
}

function byNumber(number: number, text: string, cause: unknown): PendopoError {
  // 28 is ENOSPC, 135 what InnoDB makes of it when it has no room for a new table; the server wraps both in many numbers of its own.
  if (FULL.has(number) || /\b[Ee]rr(?:code|no): (?:28|135)\b/.test(text)) return diskFull(cause);
  if (NO_ANSWER.has(number)) return noAnswer(cause);
  if (BUSY.has(number)) {
    return new Unavailable('basis-data-sibuk', 'Basis data sedang sibuk dan belum dapat melayani permintaan ini.', { cause });
  }
  if (DENIED.has(number)) {
    return new Broken('basis-data-menolak', 'Server basis data menolak akun Pendopo.', {
      cause,
      advice: 'Periksa DATABASE_URL: akun itu harus boleh membuat skema dan pengguna. Tidak ada data yang berubah.',
    });
  }
  return new Broken('basis-data-gagal', 'Server basis data menolak perintah.', { cause });
}

export function noAnswer(cause: unknown): Unavailable {
  return new Unavailable('basis-data-tidak-menjawab', 'Server basis data tidak menjawab.', {
    cause,
    advice: 'Pekerjaan menunggu dan mencoba lagi sendiri. Data aman.',
  });
}
