import { readdir, readFile } from 'node:fs/promises';
import { hasCode } from './git-lock.ts';

/**
 * Ends every process that carries this entry (`NAME=value`) in its environment. git leaves the helpers that talk to
 * a server running when it is ended itself, and with them the pipes that tell its end.
 */
export async function endProcessesWith(entry: string): Promise<void> {
  for (const pid of await readdir('/proc')) {
    if (/^\d+$/.test(pid) && (await environmentOf(pid)).includes(entry)) end(Number(pid));
  }
}

async function environmentOf(pid: string): Promise<readonly string[]> {
  try {
    return (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0');
  } catch (error) {
    // It has ended (ENOENT, ESRCH) or belongs to somebody else (EACCES, EPERM).
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].some((code) => hasCode(error, code))) return [];
    throw error;
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}
