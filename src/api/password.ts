import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { Invalid } from '../domain/errors.ts';

const derive = promisify(argon2);

/** What OWASP asks of argon2id at least. Raising a figure upgrades stored hashes as their owners sign in. */
const COST = { memory: 19_456, passes: 2, parallelism: 1 };
const PHC = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{8,86})\$([A-Za-z0-9+/]{16,86})$/;

/** Matches no password and costs as much as a real one: what an unknown user's password is compared with. */
export const NOBODYS_HASH = phc(COST, Buffer.alloc(16), Buffer.alloc(32));

const SHORTEST_PASSWORD = 10;
export const LONGEST_PASSWORD = 200;

/** @returns a PHC string, `$argon2id$v=19$m=19456,t=2,p=1$…` */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  return phc(COST, salt, await digest(password, salt, COST, 32));
}

/** False for a wrong password and for a hash we cannot read; takes the same time for both answers of one hash. */
export async function verifyPassword(hash: string, password: string): Promise<boolean> {
  const stored = parse(hash);
  if (stored === null) return false;
  const found = await digest(password, stored.salt, stored.cost, stored.digest.length);
  return timingSafeEqual(found, stored.digest);
}

export function isOutdated(hash: string): boolean {
  const cost = parse(hash)?.cost;
  return cost === undefined || cost.memory < COST.memory || cost.passes < COST.passes;
}

/** @throws Invalid */
export function requireGoodPassword(password: string, username: string): void {
  const refuse = (message: string): never => {
    throw new Invalid('kata-sandi-lemah', message, {
      field: 'newPassword',
      advice: 'Pakai beberapa kata yang mudah Anda ingat dan sulit ditebak orang lain.',
    });
  };
  const length = [...password].length;
  if (length < SHORTEST_PASSWORD) refuse(`Kata sandi paling sedikit ${SHORTEST_PASSWORD} karakter.`);
  if (length > LONGEST_PASSWORD) refuse(`Kata sandi paling banyak ${LONGEST_PASSWORD} karakter.`);
  if (new Set(password).size < 5) refuse('Kata sandi terlalu seragam: pakai paling sedikit 5 karakter yang berbeda.');
  if (password.toLowerCase().includes(username.toLowerCase())) refuse('Kata sandi tidak boleh memuat nama pengguna.');
}

type Cost = typeof COST;

async function digest(password: string, salt: Buffer, cost: Cost, length: number): Promise<Buffer> {
  // NFKC: the same password typed on a phone and on a desktop gives the same bytes.
  return derive('argon2id', { message: password.normalize('NFKC'), nonce: salt, tagLength: length, ...cost });
}

function parse(hash: string): { cost: Cost; salt: Buffer; digest: Buffer } | null {
  const [, memory, passes, parallelism, salt, sum] = PHC.exec(hash) ?? [];
  if (salt === undefined || sum === undefined) return null;
  return {
    cost: { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
    salt: Buffer.from(salt, 'base64'),
    digest: Buffer.from(sum, 'base64'),
  };
}

function phc(cost: Cost, salt: Buffer, sum: Buffer): string {
  const text = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
  return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${text(salt)}$${text(sum)}`;
}
