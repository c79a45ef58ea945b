import type { ContainerCreateOptions, ContainerInspectInfo } from 'dockerode';
import { Broken, NotFound } from '../domain/errors.ts';
import type { ContainerSpec, ContainerState, MemoryUse } from '../domain/ports-containers.ts';
import { APP_USER, ask, askIfThere, type Engine, LABEL, notOurs, statusOf } from './docker-engine.ts';
import { findNetwork } from './docker-network.ts';
import { demultiplex, splitLines } from './docker-output.ts';

/** How long a container may take to end by itself before it is killed. */
const STOP_SECONDS = 10;

export async function findContainer(engine: Engine, name: string): Promise<ContainerState | null> {
  const info = await inspect(engine, name);
  if (info === null) return null;
  // A container that crashes over and over counts as "running" between two tries.
  return { running: info.State.Running && !info.State.Restarting, image: info.Config.Image, labels: info.Config.Labels };
}

/** As `docker stats` shows it: what is cached of files, the system takes back when it needs to. */
export async function memoryOfContainer(engine: Engine, name: string): Promise<MemoryUse | null> {
  if ((await inspect(engine, name))?.State.Running !== true) return null;
  const stats = await askIfThere(`membaca memori container ${name}`, () =>
    engine.docker.getContainer(name).stats({ stream: false, 'one-shot': true }),
  );
  const { usage, limit, stats: parts } = stats?.memory_stats ?? {};
  if (usage === undefined || limit === undefined) return null;
  const cached = parts?.total_inactive_file ?? parts?.inactive_file ?? 0;
  return { used: Math.max(0, usage - cached), limit };
}

export async function runContainer(engine: Engine, spec: ContainerSpec): Promise<void> {
  await removeEarlier(engine, spec);
  const settings = await containerSettings(engine, spec);
  settings.HostConfig = {
    ...settings.HostConfig,
    RestartPolicy: { Name: 'unless-stopped' },
    LogConfig: { Type: 'json-file', Config: { 'max-size': '5m', 'max-file': '2' } },
  };
  await createContainer(engine, spec, settings);
  try {
    await ask(`menjalankan container ${spec.name}`, () => engine.docker.getContainer(spec.name).start());
  } catch (error) {
    // Never ran, so nothing in it is worth keeping.
    await askIfThere(`menghapus container ${spec.name}`, () => engine.docker.getContainer(spec.name).remove({ force: true }));
    throw error;
  }
}

async function removeEarlier(engine: Engine, spec: ContainerSpec): Promise<void> {
  const earlier = await inspect(engine, spec.name);
  if (earlier === null) return;
  const labels = earlier.Config.Labels;
  const same = labels[LABEL.instance] === engine.instance && labels[LABEL.installation] === spec.labels[LABEL.installation];
  if (!same) throw notOurs('Container', spec.name);
  await forceRemove(engine, spec.name);
}

/** @throws Broken when the image or a mounted folder is missing */
export async function createContainer(engine: Engine, spec: ContainerSpec, settings: ContainerCreateOptions): Promise<void> {
  const created = await ask(`membuat container ${spec.name}`, async () => {
    try {
      await engine.docker.createContainer(settings);
      return true;
    } catch (error) {
      if (statusOf(error) === 404) return false;
      if (statusOf(error) === 409) throw notOurs('Container', spec.name);
      throw error;
    }
  });
  if (!created) throw new Broken('image-tidak-ada', `Image "${spec.image}" tidak ada di server ini.`);
}

/** What holds for every container of ours: no rights, no writable system, bounded. */
export async function containerSettings(engine: Engine, spec: ContainerSpec): Promise<ContainerCreateOptions> {
  const memory = spec.limits.memoryMb * 1_048_576;
  const [program, ...rest] = spec.command;
  return {
    name: spec.name,
    Image: spec.image,
    ...(program === undefined ? {} : { Entrypoint: [program], Cmd: rest }),
    User: APP_USER,
    Labels: { ...spec.labels, [LABEL.instance]: engine.instance },
    // Probing from the control plane costs a hundredth of Docker's own health checks.
    Healthcheck: { Test: ['NONE'] },
    StopTimeout: STOP_SECONDS,
    HostConfig: {
      NetworkMode: await networkMode(engine, spec.network),
      // Without a network a name lookup must fail at once instead of waiting for a name server.
      DnsOptions: spec.network === null ? ['timeout:1', 'attempts:1'] : ['timeout:2', 'attempts:2'],
      Memory: memory,
      MemorySwap: memory,
      NanoCpus: Math.round(spec.limits.cpus * 1e9),
      PidsLimit: spec.limits.pids,
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      Init: true,
      // What is written there counts as the container's memory; half of it leaves the programs room.
      Tmpfs: {
        '/tmp': `rw,noexec,nosuid,nodev,size=${Math.max(16, Math.floor(spec.limits.memoryMb / 2))}m,mode=1777`,
        '/run': 'rw,noexec,nosuid,nodev,size=8m,mode=0755,uid=33,gid=33',
      },
      // Type bind refuses a missing source; the older Binds would make it as root.
      Mounts: spec.mounts.map(({ source, target, readOnly }) => ({ Type: 'bind', Source: source, Target: target, ReadOnly: readOnly })),
    },
  };
}

async function networkMode(engine: Engine, name: string | null): Promise<string> {
  if (name === null) return 'none';
  const network = await findNetwork(engine, name);
  if (network === null) throw new Broken('jaringan-tidak-ada', `Jaringan "${name}" tidak ada.`);
  return network.Id;
}

export async function startContainer(engine: Engine, name: string): Promise<void> {
  if (!(await isOurs(engine, name))) throw new NotFound('container-tidak-ada', `Container "${name}" tidak ada.`);
  await ask(`menjalankan container ${name}`, async () => {
    try {
      await engine.docker.getContainer(name).start();
    } catch (error) {
      // 304: it runs already.
      if (statusOf(error) !== 304) throw error;
    }
  });
}

export async function stopContainer(engine: Engine, name: string): Promise<void> {
  if (!(await isOurs(engine, name))) return;
  await ask(`menghentikan container ${name}`, async () => {
    try {
      await engine.docker.getContainer(name).stop({ t: STOP_SECONDS });
    } catch (error) {
      // 304: it does not run. 404: it is gone.
      if (statusOf(error) !== 304 && statusOf(error) !== 404) throw error;
    }
  });
}

/** Also those that ran a single command for it and were left by a worker that died. */
export async function removeContainer(engine: Engine, name: string): Promise<void> {
  if (await isOurs(engine, name)) await forceRemove(engine, name);
  await sweep(engine, [`${LABEL.once}=${name}`]);
}

/** Removes the containers of ours that carry all these labels. */
export async function sweep(engine: Engine, labels: readonly string[]): Promise<void> {
  const label = [`${LABEL.instance}=${engine.instance}`, ...labels];
  const leftovers = await ask('mencari container sisa', () => engine.docker.listContainers({ all: true, filters: { label } }));
  for (const { Id, Names } of leftovers) {
    engine.log.warn({ container: Names[0] }, 'removing the leftover of an earlier command');
    await forceRemove(engine, Id);
  }
}

/** False when there is none. @throws Conflict when it belongs to something else */
async function isOurs(engine: Engine, name: string): Promise<boolean> {
  const info = await inspect(engine, name);
  if (info === null) return false;
  if (info.Config.Labels[LABEL.instance] !== engine.instance) throw notOurs('Container', name);
  return true;
}

/** Returns once it is gone, also when somebody else is removing it already. */
export async function forceRemove(engine: Engine, name: string): Promise<void> {
  for (let attempt = 1; attempt <= 50; attempt += 1) {
    const going = await ask(`menghapus container ${name}`, async () => {
      try {
        await engine.docker.getContainer(name).remove({ force: true, v: true });
        return false;
      } catch (error) {
        if (statusOf(error) === 404) return false;
        if (statusOf(error) === 409) return true;
        throw error;
      }
    });
    if (!going) return;
    await engine.clock.sleep(200);
  }
  throw new Broken('docker-gagal', `Container "${name}" tidak kunjung terhapus.`);
}

export async function tailContainer(engine: Engine, name: string, lines: number): Promise<string> {
  const output = await askIfThere(`membaca keluaran container ${name}`, () =>
    engine.docker.getContainer(name).logs({ stdout: true, stderr: true, tail: lines, follow: false }),
  );
  if (output === null) return '';
  const said: string[] = [];
  const collect = splitLines((line) => said.push(line));
  demultiplex((_channel, chunk) => collect.push(chunk))(output);
  collect.end();
  return said.slice(-lines).join('\n');
}

export function inspect(engine: Engine, name: string): Promise<ContainerInspectInfo | null> {
  return askIfThere(`memeriksa container ${name}`, () => engine.docker.getContainer(name).inspect());
}
