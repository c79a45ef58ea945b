import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Broken, NotFound } from '../domain/errors.ts';
import { type Offsite, repositoryOf } from '../domain/offsite.ts';
import type { OffsiteStore } from '../domain/ports-care.ts';
import type { Vault } from '../domain/ports-world.ts';
import { runChild } from './child.ts';
import { errorCode } from './outside-errors.ts';

export interface OffsiteOptions {
  readonly dataFolder: string;
  readonly instance: string;
  readonly vault: Pick<Vault, 'read'>;
  /** Where ssh looks for what is its user's. */
  readonly home: string;
}

/** What is copied, and what it is called in a copy. */
const FOLDERS = ['backup', 'archive'] as const;
const KEEP = ['--keep-last', '3', '--keep-daily', '14', '--keep-weekly', '8', '--keep-monthly', '12'];

/**
 * For what only reads: on the day it is needed, the lock of a copy that was killed must not be in the way. Should a living
 * one just take away what is read, reading fails and may be tried again.
 */
const NO_LOCK = '--no-lock';

/** Copies with Debian's restic: encrypted, only what is new travels, and any restic of the world can read them. */
export function createOffsiteStore({ dataFolder, instance, vault, home }: OffsiteOptions): OffsiteStore {
  const keyFile = join(dataFolder, 'keys', 'offsite_ed25519');

  const run = async (offsite: Offsite, args: readonly string[], signal: AbortSignal): Promise<Ended> => {
    let output = '';
    const end = await runChild({
      program: 'restic',
      args: [...args, '--cache-dir', join(dataFolder, 'cache', 'restic'), ...sshOptions(offsite)],
      cwd: dataFolder,
      // The environment of a process can be read by its own user alone.
      environment: { HOME: home, RESTIC_REPOSITORY: repositoryOf(offsite.place), ...(await secretsOf(offsite)) },
      async drain(stream) {
        output = await text(stream);
      },
      signal,
    });
    return { ...end, output };
  };
  const must = async (offsite: Offsite, args: readonly string[], signal: AbortSignal): Promise<string> => {
    const end = await run(offsite, args, signal);
    if (end.code === 0) return end.output;
    throw new Broken('salinan-luar-gagal', `Salinan luar gagal: ${reasonOf(end.stderr)}`, {
      advice: 'Cadangan di server ini tidak tersentuh. Periksa tempat salinan luar: jaringan, ruang disk, kata sandi.',
    });
  };
  const secretsOf = async ({ place, passwordRef, secretKeyRef }: Offsite): Promise<Record<string, string>> => ({
    RESTIC_PASSWORD: (await vault.read(passwordRef)).expose(),
    ...(place.kind === 's3' && secretKeyRef !== null
      ? { AWS_ACCESS_KEY_ID: place.accessKeyId, AWS_SECRET_ACCESS_KEY: (await vault.read(secretKeyRef)).expose() }
      : {}),
  });
  /** Every word has been checked when the place was parsed; restic takes the command apart itself, without a shell. */
  const sshOptions = ({ place }: Offsite): readonly string[] => {
    if (place.kind !== 'sftp') return [];
    const known = join(dataFolder, 'keys', 'offsite_known_hosts');
    const ssh = ['ssh', '-i', keyFile, '-o', 'IdentitiesOnly=yes', '-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=accept-new'];
    const to = ['-o', `UserKnownHostsFile=${known}`, '-o', 'ConnectTimeout=20', '-p', String(place.port), `${place.user}@${place.host}`];
    return ['-o', `sftp.command=${[...ssh, ...to, '-s', 'sftp'].join(' ')}`];
  };
  const present = async (): Promise<readonly string[]> => {
    for (const name of FOLDERS) await mkdir(join(dataFolder, name), { recursive: true, mode: 0o700 });
    return FOLDERS;
  };

  return {
    async open(offsite, signal) {
      if (offsite.place.kind === 'folder') await mkdir(dirname(offsite.place.path), { recursive: true });
      const made = await run(offsite, ['init'], signal);
      // There already, perhaps: then it must open.
      if (made.code !== 0) await must(offsite, ['cat', 'config', NO_LOCK], signal);
    },
    async copy(offsite, signal) {
      // Of a copy that was killed; those of living ones stay.
      await must(offsite, ['unlock'], signal);
      const args = ['backup', '--json', '--host', instance, '--tag', 'pendopo', '--exclude', '*.part', ...(await present())];
      const addedBytes = addedIn(await must(offsite, args, signal));
      await must(offsite, ['forget', '--host', instance, '--tag', 'pendopo', ...KEEP, '--prune'], signal);
      return { addedBytes };
    },
    async check(offsite, signal) {
      await must(offsite, ['unlock'], signal);
      await must(offsite, ['check', '--read-data-subset', '10%'], signal);
    },
    async bring(offsite, key, signal) {
      const scratch = join(dataFolder, 'scratch', `luar-${key.replaceAll('/', '-')}`);
      await rm(scratch, { recursive: true, force: true });
      try {
        const list = ['snapshots', '--json', '--host', instance, '--tag', 'pendopo', NO_LOCK];
        for (const id of snapshotsIn(await must(offsite, list, signal))) {
          await must(offsite, ['restore', id, '--target', scratch, '--include', `/${key}`, NO_LOCK], signal);
          if (!(await exists(join(scratch, key)))) continue;
          await rm(join(dataFolder, key), { recursive: true, force: true });
          await mkdir(dirname(join(dataFolder, key)), { recursive: true, mode: 0o700 });
          await rename(join(scratch, key), join(dataFolder, key));
          return;
        }
      } finally {
        await rm(scratch, { recursive: true, force: true });
      }
      throw new NotFound('tidak-ada-di-luar', 'Cadangan ini juga tidak ada di salinan luar.', { advice: 'Pilih cadangan lain.' });
    },
    async publicKey() {
      await mkdir(dirname(keyFile), { recursive: true, mode: 0o700 });
      if (!(await exists(keyFile))) {
        const args = ['-q', '-t', 'ed25519', '-N', '', '-C', `pendopo-${instance}`, '-f', keyFile];
        const { code, stderr } = await runChild({ program: 'ssh-keygen', args, signal: AbortSignal.timeout(30_000) });
        if (code !== 0) throw new Broken('kunci-gagal', `Kunci SSH tidak dapat dibuat: ${stderr}`);
      }
      return (await readFile(`${keyFile}.pub`, 'utf8')).trim();
    },
  };
}

interface Ended {
  readonly code: number | null;
  readonly stderr: string;
  readonly output: string;
}

/** The first line that says something. */
function reasonOf(stderr: string): string {
  return (stderr.split('\n').find((line) => line.trim() !== '') ?? 'tanpa pesan').slice(0, 300);
}

/** restic tells in JSON lines; the summary is the last one. */
function addedIn(output: string): number {
  const summary: unknown = JSON.parse(output.trim().split('\n').at(-1) ?? 'null');
  return typeof summary === 'object' && summary !== null && 'data_added' in summary ? Number(summary.data_added) : 0;
}

/** Newest first. */
function snapshotsIn(output: string): readonly string[] {
  const found: unknown = JSON.parse(output);
  if (!Array.isArray(found)) return [];
  return found.flatMap((one) => (typeof one?.id === 'string' ? [one.id] : [])).reverse();
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
