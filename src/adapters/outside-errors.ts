import { Broken } from '../domain/errors.ts';

/** The code an operating system or driver error carries (`ENOENT`, `ER_…`), or null. */
export function errorCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

/** Whether somewhere in the chain of reasons the disk (or its quota) was full. */
export function isDiskFull(error: unknown): boolean {
  for (let current = error; current instanceof Error; current = current.cause) {
    const code = errorCode(current);
    if (code === 'ENOSPC' || code === 'EDQUOT') return true;
  }
  return false;
}

export function diskFull(cause: unknown): Broken {
  return new Broken('disk-penuh', 'Ruang disk di server habis.', {
    cause,
    advice: 'Kosongkan atau tambah ruang disk, lalu tekan Coba lagi. Berkas yang belum selesai ditulis sudah dibuang.',
  });
}
