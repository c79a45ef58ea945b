import { createReadStream } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Broken, explain, Invalid } from '../domain/errors.ts';
import { buildImage, imageExists } from './docker-build.ts';
import { bootstrapDebian } from './docker-debootstrap.ts';
import { ask, type Engine } from './docker-engine.ts';
import { followProgress } from './docker-progress.ts';

const REPOSITORY = 'pendopo/base';
/** A registry that is there answers within this; most servers of a desa network have none. */
const REGISTRY_MS = 20_000;
const IMPORT_MS = 10 * 60_000;
/** An older base system lacks too many security fixes to start from. */
const CACHE_DAYS = 30;

/**
 * The base image of a Debian suite: pulled where a registry answers, else made from Debian's mirror.
 * The caller sees to it that only one process does this at a time.
 */
export async function ensureBase(engine: Engine, suite: string, signal: AbortSignal, onLine: (line: string) => void): Promise<string> {
  if (!/^[a-z]{3,20}$/.test(suite)) throw new Invalid('suite-salah', `"${suite}" bukan nama rilis Debian.`, { field: 'base' });
  const image = `${REPOSITORY}:${suite}`;
  if (await imageExists(engine, image)) return image;
  if (await obtainSlim(engine, suite, signal, onLine)) {
    await buildImage(engine, { image, dockerfile: fromSlim(suite), context: [], labels: {}, signal, onLine });
    return image;
  }
  const tar = join(engine.dataFolder, 'cache', `base-${suite}.tar`);
  if (!(await isFresh(engine, tar))) await bootstrap(engine, suite, tar, signal, onLine);
  onLine(`Memasukkan sistem dasar ke Docker sebagai ${image}`);
  await importTar(engine, suite, tar, signal);
  if (!(await imageExists(engine, image))) throw new Broken('docker-gagal', `Image "${image}" tidak ada setelah dimasukkan.`);
  return image;
}

/** Debian's own image lacks what ours must have. */
function fromSlim(suite: string): string {
  return [
    `FROM debian:${suite}-slim`,
    'RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*',
    '',
  ].join('\n');
}

async function obtainSlim(engine: Engine, suite: string, signal: AbortSignal, onLine: (line: string) => void): Promise<boolean> {
  const image = `debian:${suite}-slim`;
  if (await imageExists(engine, image)) return true;
  onLine(`Mencoba mengambil ${image} dari registri`);
  try {
    const stream = await ask(`mengambil ${image}`, () => engine.docker.pull(image, { abortSignal: signal }), REGISTRY_MS);
    const failure = await followProgress(`mengambil ${image}`, stream, onLine, REGISTRY_MS);
    if (failure !== null) engine.log.info({ image, reason: failure }, 'registry refused');
  } catch (error) {
    signal.throwIfAborted();
    // Whatever the reason, debootstrap is the other way; it fails by itself if the engine is what is gone.
    engine.log.info({ image, reason: explain(error) }, 'no registry');
  }
  const obtained = await imageExists(engine, image);
  if (!obtained) onLine('Registri image tidak terjangkau; sistem dasar dibuat dari mirror Debian');
  return obtained;
}

async function isFresh(engine: Engine, tar: string): Promise<boolean> {
  try {
    const { mtime } = await stat(tar);
    return engine.clock.now().getTime() - mtime.getTime() < CACHE_DAYS * 86_400_000;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

async function bootstrap(engine: Engine, suite: string, tar: string, signal: AbortSignal, onLine: (line: string) => void): Promise<void> {
  const scratchFolder = join(engine.dataFolder, 'scratch');
  await mkdir(scratchFolder, { recursive: true });
  await mkdir(join(engine.dataFolder, 'cache'), { recursive: true });
  const prefix = `base-${suite}-`;
  for (const name of await readdir(scratchFolder)) {
    // Left by a process that was killed; ours is the only one at work.
    if (name.startsWith(prefix)) await rm(join(scratchFolder, name), { recursive: true, force: true });
  }
  await bootstrapDebian({ suite, tar, signal, onLine, scratch: join(scratchFolder, `${prefix}${engine.ids.next()}`) });
}

async function importTar(engine: Engine, suite: string, tar: string, signal: AbortSignal): Promise<void> {
  const what = `memasukkan image dasar ${suite}`;
  const options = { repo: REPOSITORY, tag: suite, message: `debootstrap ${suite}`, abortSignal: signal };
  const stream = await ask(what, () => engine.docker.importImage(createReadStream(tar), options), IMPORT_MS);
  const failure = await followProgress(what, stream, () => undefined, IMPORT_MS);
  if (failure !== null) throw new Broken('docker-gagal', `Docker gagal ${what}: ${failure}`);
}
