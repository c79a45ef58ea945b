import type { Containers } from '../domain/ports-containers.ts';
import type { Clock, Ids, Log } from '../domain/ports-world.ts';
import { ensureBase } from './docker-base.ts';
import { buildImage, imageExists } from './docker-build.ts';
import {
  findContainer,
  memoryOfContainer,
  removeContainer,
  runContainer,
  startContainer,
  stopContainer,
  tailContainer,
} from './docker-container.ts';
import { ask, connectDocker, type Engine, LABEL } from './docker-engine.ts';
import { execInContainer } from './docker-exec.ts';
import { listReleaseImages, removeImage } from './docker-images.ts';
import { ensureNetwork, findNetwork, removeNetwork } from './docker-network.ts';
import { runOnce } from './docker-run-once.ts';

export interface ContainersOptions {
  /** `unix:///var/run/docker.sock` or `tcp://host:port`. */
  readonly dockerHost: string;
  readonly instance: string;
  /** Absolute; `cache/` and `scratch/` below it are used. */
  readonly dataFolder: string;
  readonly log: Log;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** @throws Error for a Docker address that cannot work */
export function createContainers(options: ContainersOptions): Containers {
  const engine: Engine = { ...options, docker: connectDocker(options.dockerHost) };
  return {
    imageExists: (image) => imageExists(engine, image),
    ensureBase: (suite, signal, onLine) => ensureBase(engine, suite, signal, onLine),
    build: (build) => buildImage(engine, build),
    images: () => listReleaseImages(engine),
    removeImage: (image) => removeImage(engine, image),
    find: (name) => findContainer(engine, name),
    run: (spec) => runContainer(engine, spec),
    start: (name) => startContainer(engine, name),
    stop: (name) => stopContainer(engine, name),
    remove: (name) => removeContainer(engine, name),
    memory: (name) => memoryOfContainer(engine, name),
    tail: (name, lines) => tailContainer(engine, name, lines),
    exec: (name, run) => execInContainer(engine, name, run),
    runOnce: (spec, run) => runOnce(engine, spec, run),
    networkExists: async (name) => (await findNetwork(engine, name)) !== null,
    ensureNetwork: (name, labels) => ensureNetwork(engine, name, labels),
    removeNetwork: (name) => removeNetwork(engine, name),
    owned: () => listOwned(engine),
  };
}

async function listOwned(engine: Engine): Promise<{ containers: readonly string[]; networks: readonly string[] }> {
  const filters = { label: [`${LABEL.instance}=${engine.instance}`] };
  const containers = await ask('membaca daftar container', () => engine.docker.listContainers({ all: true, filters }));
  const networks = await ask('membaca daftar jaringan', () => engine.docker.listNetworks({ filters }));
  return {
    containers: containers.map(({ Names, Id }) => Names[0]?.replace(/^\//, '') ?? Id),
    networks: networks.map(({ Name }) => Name),
  };
}
