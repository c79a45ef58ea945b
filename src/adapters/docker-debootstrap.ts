import { spawn } from 'node:child_process';
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Broken } from '../domain/errors.ts';
import { diskFull, isDiskFull } from './docker-engine.ts';
import { baseSources, debianMirrors, readAptSources } from './docker-mirror.ts';
import { splitLines } from './docker-output.ts';

export interface Bootstrap {
  readonly suite: string;
  /** Folder that may be filled and is removed afterwards. */
  readonly scratch: string;
  /** The tar file to make. Complete or not there at all. */
  readonly tar: string;
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
}

const LIMIT_MS = 45 * 60_000;

/** Builds a minimal Debian system from the mirror this machine uses and packs it as a tar file. */
export async function bootstrapDebian(job: Bootstrap): Promise<void> {
  const sources = await readAptSources();
  const system = join(job.scratch, 'system');
  try {
    const mirror = await bootstrapFromFirst(debianMirrors(sources), system, job);
    await settle(system, baseSources(job.suite, mirror, sources));
    job.onLine('Mengemas sistem dasar…');
    await run('tar', [...PACK_OPTIONS, '-C', system, '-cf', `${job.tar}.part`, '.'], job, job.onLine);
    await rename(`${job.tar}.part`, job.tar);
  } finally {
    await rm(job.scratch, { recursive: true, force: true });
    await rm(`${job.tar}.part`, { force: true });
  }
}

async function bootstrapFromFirst(mirrors: readonly string[], system: string, job: Bootstrap): Promise<string> {
  let failure: unknown;
  for (const mirror of mirrors) {
    job.onLine(`Membuat sistem dasar Debian ${job.suite} dari ${mirror}`);
    await rm(system, { recursive: true, force: true });
    await mkdir(system, { recursive: true });
    try {
      await run(
        'unshare',
        [...APART, 'debootstrap', '--variant=minbase', '--include=ca-certificates', job.suite, system, mirror],
        job,
        tell(job.onLine),
      );
      return mirror;
    } catch (error) {
      if (!(error instanceof Broken) || error.code !== 'debootstrap-gagal') throw error;
      failure = error;
    }
  }
  throw failure;
}

/** In namespaces of its own, so that ending it leaves neither a process nor a mount in its folder. */
const APART = ['--mount', '--pid', '--fork', '--kill-child', '--'];

const PACK_OPTIONS = [
  '--numeric-owner',
  ...[
    'proc/*',
    'sys/*',
    'dev/*',
    'var/cache/apt/*.bin',
    'var/cache/apt/archives/*.deb',
    'var/lib/apt/lists/*',
    'var/log/bootstrap.log',
  ].map((path) => `--exclude=./${path}`),
  ...['man', 'info', 'locale'].map((folder) => `--exclude=./usr/share/${folder}/*`),
];

/** What Debian's own container images do as well: no services started by package scripts, no manuals. */
async function settle(system: string, sources: string): Promise<void> {
  await writeFile(join(system, 'etc/apt/sources.list'), sources);
  const policy = join(system, 'usr/sbin/policy-rc.d');
  await writeFile(policy, '#!/bin/sh\nexit 101\n');
  await chmod(policy, 0o755);
  await writeFile(join(system, 'etc/apt/apt.conf.d/90pendopo'), 'Acquire::Languages "none";\n');
  const excluded = ['man', 'info', 'locale', 'doc'].map((folder) => `path-exclude /usr/share/${folder}/*`);
  await writeFile(join(system, 'etc/dpkg/dpkg.cfg.d/pendopo'), [...excluded, 'path-include /usr/share/doc/*/copyright', ''].join('\n'));
}

/** debootstrap's 400 lines in a few of ours. */
function tell(onLine: (line: string) => void): (line: string) => void {
  let fetched = 0;
  let stage = '';
  return (line) => {
    if (/^[EW]: /.test(line)) onLine(line);
    if (line.startsWith('I: Retrieving ')) {
      fetched += 1;
      if (fetched % 25 === 0) onLine(`${fetched} berkas diunduh…`);
    }
    const next = STAGES.find(([start]) => line.startsWith(start))?.[1] ?? stage;
    if (next !== stage) onLine(next);
    stage = next;
  };
}

const STAGES = [
  ['I: Extracting ', 'Membuka paket inti…'],
  ['I: Installing core packages', 'Memasang paket inti…'],
  ['I: Unpacking the base system', 'Membuka sistem dasar…'],
  ['I: Configuring the base system', 'Menata sistem dasar…'],
] as const;

/** Runs a program to its end, within the time limit. @throws Broken with its last lines */
async function run(program: string, args: readonly string[], { signal }: Bootstrap, onLine: (line: string) => void): Promise<void> {
  const limit = AbortSignal.timeout(LIMIT_MS);
  const lastLines: string[] = [];
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: AbortSignal.any([signal, limit]),
    killSignal: 'SIGKILL',
  });
  for (const output of [child.stdout, child.stderr]) {
    const lines = splitLines((line) => {
      lastLines.push(line);
      if (lastLines.length > 10) lastLines.shift();
      onLine(line);
    });
    output.on('data', (chunk: Buffer) => lines.push(chunk));
    output.on('end', () => lines.end());
  }
  const ended = await new Promise<number | Error>((resolve) => {
    let failure: Error | null = null;
    child.on('error', (error) => {
      failure = error;
      // A program that could not be started never closes.
      if (child.pid === undefined) resolve(error);
    });
    child.on('close', (code) => resolve(failure ?? code ?? -1));
  });
  signal.throwIfAborted();
  if (ended === 0) return;
  if (lastLines.some(isDiskFull)) throw diskFull(new Error(lastLines.join('\n')));
  const reason = ended instanceof Error ? ended.message : `kode ${ended}`;
  throw new Broken('debootstrap-gagal', `${program} gagal (${reason}).\n${lastLines.join('\n')}`.trimEnd(), {
    advice: 'Pastikan paket debootstrap terpasang dan mirror Debian terjangkau dari server ini, lalu tekan Coba lagi.',
  });
}
