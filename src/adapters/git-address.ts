import { isAbsolute, resolve } from 'node:path';
import { Invalid } from '../domain/errors.ts';

/**
 * The texts that reach git's command line, checked: none may begin with a dash or name a helper program (`ext::…`).
 * All throw Invalid.
 */
export function checkApp(app: string): string {
  return check(/^[a-z][a-z0-9-]{0,40}$/, app, 'nama aplikasi');
}

/** Between an app's name and its channel's; no app has two dashes. */
const CHANNEL_MARK = '--';

/** The mirror of a channel lies beside the app's own. */
export function mirrorName(app: string, channel: string): string {
  return channel === '' ? app : `${app}${CHANNEL_MARK}${channel}`;
}

/** Whose bundled code a mirror is of. */
export function appOfMirror(name: string): string {
  return name.split(CHANNEL_MARK)[0] ?? name;
}

export function checkTag(tag: string): string {
  if (tag.includes('..') || tag.endsWith('.lock') || tag.endsWith('/')) throw refuse(tag, 'tag');
  return check(/^[A-Za-z0-9][A-Za-z0-9._+/-]{0,199}$/, tag, 'tag');
}

export function checkCommit(commit: string): string {
  return check(/^[0-9a-f]{40}$/, commit, 'commit');
}

/** A file inside the repository. */
export function checkPath(path: string): string {
  const parts = path.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..')) throw refuse(path, 'nama berkas');
  return check(/^[^-:\0\n][^\0\n]{0,500}$/, path, 'nama berkas');
}

/** An address git can fetch from: https, ssh, git, file://, `user@host:path`, or a path. */
export function checkRepo(repo: string): string {
  if (/^(https?|ssh|git|file):\/\/[^\s-][^\s]*$/.test(repo)) return repo;
  if (isAbsolute(repo) || repo.startsWith('./') || repo.startsWith('../')) return resolve(repo);
  if (/^[A-Za-z0-9][\w.-]*@[A-Za-z0-9][\w.-]*:[^\s:-][^\s:]*$/.test(repo)) return repo;
  throw new Invalid(
    'alamat-repositori-salah',
    `"${withoutPassword(repo)}" bukan alamat repositori. Tulis URL (https://…, ssh://…, file://…) atau alamat folder yang mutlak.`,
    { field: 'repo' },
  );
}

/** Addresses may carry a token (`https://token@host/…`), which no message may show. */
export function withoutPassword(text: string): string {
  return text.replace(/(\w+:\/\/)[^/@\s]+@/g, '$1***@');
}

function check(pattern: RegExp, text: string, what: string): string {
  if (pattern.test(text)) return text;
  throw refuse(text, what);
}

function refuse(text: string, what: string): Invalid {
  return new Invalid('nama-git-salah', `"${text}" bukan ${what} yang sah.`);
}
