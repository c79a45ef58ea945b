import { randomBytes, randomInt } from 'node:crypto';
import type { SecretManifest } from '../domain/manifest.ts';

/** Without those that look alike; a person types this from a screen. */
const LOWER = 'abcdefghijkmnpqrstuvwxyz';
const UPPER = 'ABCDEFGHJKLMNPQRSTUVWXYZ';
const DIGITS = '23456789';
/** None that means something to a shell, PHP, JSON, HTML, SQL or a URL's path. */
const SYMBOLS = '@+=_-';
const PASSWORD_LENGTH = 16;

export function makeSecret(kind: SecretManifest['kind']): string {
  switch (kind) {
    case 'base64-32':
      return `base64:${randomBytes(32).toString('base64')}`;
    case 'hex-32':
      return randomBytes(32).toString('hex');
    case 'password':
      return makePassword();
    default:
      return kind satisfies never;
  }
}

/** 16 characters, at least one of every class, a letter first: a spreadsheet or an argument list reads a leading symbol as something else. */
function makePassword(): string {
  const [first, ...others] = [pick(LOWER + UPPER), pick(LOWER), pick(UPPER), pick(DIGITS), pick(SYMBOLS)];
  const all = LOWER + UPPER + DIGITS + SYMBOLS;
  while (others.length < PASSWORD_LENGTH - 1) others.push(pick(all));
  return first + shuffle(others).join('');
}

function pick(letters: string): string {
  return letters.charAt(randomInt(letters.length));
}

function shuffle(letters: readonly string[]): readonly string[] {
  const rest = [...letters];
  return letters.map(() => rest.splice(randomInt(rest.length), 1).join(''));
}
