import { Broken } from '../domain/errors.ts';

/**
 * A schema, account, character set or collation that we may name. Those that we make are of this form; anything else comes
 * from somewhere it should not. @throws Broken
 */
export function named(name: string): string {
  if (/^[a-z0-9_]{1,64}$/.test(name)) return name;
  throw new Broken('nama-basis-data-salah', `Nama "${name}" tidak dapat dipakai di basis data.`);
}
