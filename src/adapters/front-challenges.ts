import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/*
 * What an authority asks for to see that a name is ours, as files in `front/acme/`: name and content are what it asked.
 * Workers write them, the front gives them to whoever asks. Nothing in them is secret.
 */

/** Where every authority looks, by http and on port 80 (RFC 8555 §8.3). */
export const CHALLENGE_PATH = '/.well-known/acme-challenge/';
export const CHALLENGE_FOLDER = 'acme';

const TOKEN = /^[A-Za-z0-9_-]{1,128}$/;
/** No authority looks that long; it was left by a worker that died. */
const STALE_MS = 86_400_000;

export async function showChallenge(front: string, token: string, answer: string): Promise<void> {
  const folder = join(front, CHALLENGE_FOLDER);
  await mkdir(folder, { recursive: true, mode: 0o755 });
  for (const name of await readdir(folder)) {
    const file = join(folder, name);
    // Another order may take its own away meanwhile.
    const found = await stat(file).catch(() => null);
    if (found !== null && Date.now() - found.mtimeMs > STALE_MS) await rm(file, { force: true });
  }
  await writeFile(fileOf(front, token), answer, { mode: 0o644 });
}

export async function hideChallenge(front: string, token: string): Promise<void> {
  await rm(fileOf(front, token), { force: true });
}

/** null: nothing was asked of us by this address. */
export async function readChallenge(front: string, url: string): Promise<string | null> {
  const token = url.startsWith(CHALLENGE_PATH) ? url.slice(CHALLENGE_PATH.length) : '';
  return TOKEN.test(token) ? readFile(fileOf(front, token), 'utf8').catch(() => null) : null;
}

function fileOf(front: string, token: string): string {
  if (!TOKEN.test(token)) throw new Error('a token of an authority is base64url');
  return join(front, CHALLENGE_FOLDER, token);
}
