/** The code an operating system or driver error carries (`ENOENT`, `ER_…`), or null. */
export function errorCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
