import { Agent } from 'node:http';
import Docker from 'dockerode';
import { Broken, Conflict, PendopoError, Unavailable } from '../domain/errors.ts';
import type { Clock, Ids, Log } from '../domain/ports-world.ts';

/** What every part of this adapter needs: the engine, whose things are ours, and where to put scratch files. */
export interface Engine {
  readonly docker: Docker;
  readonly instance: string;
  /** Absolute. `cache/` keeps base systems, `scratch/` what is thrown away afterwards. */
  readonly dataFolder: string;
  readonly log: Log;
  readonly clock: Clock;
  readonly ids: Ids;
}

/**
 * Labels by which we know our own things again. `once` marks containers that live for one command. Images have
 * `builtBy` and none of the others: a container inherits its image's labels, and would look like ours.
 */
export const LABEL = {
  instance: 'id.pendopo.instance',
  installation: 'id.pendopo.installation',
  once: 'id.pendopo.once',
  builtBy: 'id.pendopo.built-by',
} as const;

/** The apps' uid and gid in every container (Debian's www-data). */
export const APP_USER = '33:33';

/** A loaded two-core server takes seconds for what usually takes 0.1 s; past this the engine counts as silent. */
const ANSWER_MS = 120_000;

/** @throws Error for an address that cannot work: containers share folders with us, so the engine must be on this machine */
export function connectDocker(dockerHost: string): Docker {
  // Without keep-alive: a connection kept from before a restart of the engine fails on its next use.
  const agent = new Agent({ keepAlive: false });
  if (dockerHost.startsWith('unix://')) {
    // host stays undefined on purpose: docker-modem would prefer the one of a DOCKER_HOST in the environment.
    const options = { agent, socketPath: dockerHost.slice('unix://'.length), host: undefined };
    return new Docker(options);
  }
  const address = /^(?:tcp|http):\/\/([^:/]+):(\d+)\/?$/.exec(dockerHost);
  if (address?.[1] === undefined) throw new Error(`DOCKER_HOST "${dockerHost}" tidak dikenal: pakai unix:///… atau tcp://host:port`);
  const options = { agent, protocol: 'http' as const, host: address[1], port: Number(address[2]) };
  return new Docker(options);
}

/**
 * Asks the engine, with a limit: docker-modem never settles when the engine dies in the middle of an answer.
 * @param what the deed in Indonesian, for the message: "membuat container x"
 */
export async function ask<T>(what: string, call: () => Promise<T>, limitMs = ANSWER_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(silent(new Error(`no answer within ${limitMs} ms to: ${what}`))), limitMs);
  });
  try {
    return await Promise.race([call(), limit]);
  } catch (error) {
    throw dockerError(what, error);
  } finally {
    clearTimeout(timer);
  }
}

/** As `ask`, but "there is no such thing" (404) is an answer: null. */
export function askIfThere<T>(what: string, call: () => Promise<T>): Promise<T | null> {
  return ask(what, async () => {
    try {
      return await call();
    } catch (error) {
      if (statusOf(error) === 404) return null;
      throw error;
    }
  });
}

export function statusOf(error: unknown): number | null {
  return typeof error === 'object' && error !== null && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : null;
}

const NO_ANSWER = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'ERR_STREAM_PREMATURE_CLOSE',
]);

/** What went wrong with the engine, in our words. */
export function dockerError(what: string, error: unknown): PendopoError {
  if (error instanceof PendopoError) return error;
  const status = statusOf(error);
  const text = error instanceof Error ? error.message : String(error);
  if (status === null) return connectionError(what, error, text);
  // The engine has one status for everything on its side, so here the text has to tell apart.
  if (status === 503 || (status === 500 && /shutting down|transport is closing|containerd\.sock|context canceled/i.test(text)))
    return silent(error);
  return isDiskFull(text) ? diskFull(error) : refused(what, text, error);
}

function connectionError(what: string, error: unknown, text: string): PendopoError {
  const code = codeOf(error);
  if (NO_ANSWER.has(code) || (code === 'ENOENT' && /\bconnect\b/.test(text)) || /socket hang up|\baborted\b/.test(text))
    return silent(error);
  if (code === 'ENOSPC') return diskFull(error);
  return refused(what, text, error);
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

export function isDiskFull(text: string): boolean {
  return /no space left on device|ENOSPC/i.test(text);
}

export function silent(cause: unknown): Unavailable {
  return new Unavailable('docker-tidak-menjawab', 'Docker tidak menjawab.', {
    cause,
    advice: 'Pastikan layanan Docker di server berjalan. Pekerjaan diteruskan sendiri begitu Docker menjawab.',
  });
}

export function diskFull(cause: unknown): Broken {
  return new Broken('disk-penuh', 'Ruang disk server habis.', { cause, advice: 'Kosongkan ruang disk di server, lalu tekan Coba lagi.' });
}

function refused(what: string, text: string, cause: unknown): Broken {
  const reason = text.replace(/^\(HTTP code \d+\) [^-]*- /, '').trim();
  return new Broken('docker-gagal', `Docker gagal ${what}: ${reason}`, { cause });
}

export function notOurs(kind: 'Container' | 'Jaringan', name: string): Conflict {
  return new Conflict('nama-terpakai', `${kind} "${name}" sudah ada dan bukan milik pemasangan ini.`, {
    advice: 'Periksa siapa yang membuatnya; Pendopo tidak menyentuh yang bukan miliknya.',
  });
}
