import { PendopoError } from '../../src/domain/errors.ts';

/** What a deed that must fail failed with. `kind` and `code` are null when the error is none of ours. */
export interface Failure {
  readonly kind: string | null;
  readonly code: string | null;
  readonly message: string;
  readonly error: unknown;
}

/** @throws Error when it did not fail */
export async function failure(deed: Promise<unknown> | (() => unknown)): Promise<Failure> {
  try {
    await (typeof deed === 'function' ? deed() : deed);
  } catch (error) {
    if (error instanceof PendopoError) return { kind: error.kind, code: error.code, message: error.message, error };
    return { kind: null, code: null, message: error instanceof Error ? error.message : String(error), error };
  }
  throw new Error('it did not fail');
}
