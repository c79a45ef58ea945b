import { spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, readFileSync, statSync } from 'node:fs';

/** A system account that a service runs as. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * The account of that name, if it exists and may walk into `folder`; null otherwise (the service then runs as
 * ourselves). A data folder below /root, say, is closed to everybody else.
 */
export function accountFor(name: string, folder: string): Account | null {
  if (process.getuid?.() !== 0) return null;
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  if (uid === undefined || gid === undefined) return null;
  const mayEnter = spawnSync('setpriv', ['--reuid', uid, '--regid', gid, '--clear-groups', '--', 'test', '-x', folder]).status === 0;
  return mayEnter ? { name, uid: Number(uid), gid: Number(gid) } : null;
}

/** Makes the folder with these rights and gives it, with all it holds, to the account. */
export function giveFolder(folder: string, mode: number, account: Account | null): void {
  mkdirSync(folder, { recursive: true, mode });
  const uid = account?.uid ?? process.getuid?.() ?? 0;
  const gid = account?.gid ?? process.getgid?.() ?? 0;
  if (statSync(folder).uid === uid) return;
  const done = spawnSync('chown', ['-R', `${uid}:${gid}`, folder]);
  if (done.status !== 0) chownSync(folder, uid, gid);
}
