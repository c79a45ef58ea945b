import { Duplex } from 'node:stream';
import type { ContainerInspectInfo } from 'dockerode';
import { Broken } from '../domain/errors.ts';
import type { CommandResult, CommandRun, ContainerSpec } from '../domain/ports-containers.ts';
import { converse, type Deadline, judge, nameOf, startDeadline } from './docker-command.ts';
import { containerSettings, createContainer, forceRemove, inspect, sweep } from './docker-container.ts';
import { ask, type Engine, LABEL } from './docker-engine.ts';

/** Runs a command in a container that exists for it alone. */
export async function runOnce(engine: Engine, spec: ContainerSpec, run: CommandRun): Promise<CommandResult> {
  run.signal.throwIfAborted();
  await sweepLeftovers(engine, spec);
  const own: ContainerSpec = {
    ...spec,
    name: `${spec.name}-${engine.ids.next().toLowerCase()}`,
    command: run.command.run,
    labels: { ...spec.labels, [LABEL.once]: spec.name },
  };
  const settings = await containerSettings(engine, own);
  // What it says is read live; kept on disk, it could hold what nobody should read later.
  settings.HostConfig = { ...settings.HostConfig, LogConfig: { Type: 'none', Config: {} } };
  await createContainer(engine, own, {
    ...settings,
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
  });
  try {
    return await runCreated(engine, own.name, run);
  } finally {
    await removeOrLeave(engine, own.name);
  }
}

async function runCreated(engine: Engine, name: string, run: CommandRun): Promise<CommandResult> {
  const container = engine.docker.getContainer(name);
  // Attached before the start, or its first words would be lost.
  const stream = await ask(`menyambung ke container ${name}`, () =>
    container.attach({ stream: true, hijack: true, stdin: true, stdout: true, stderr: true }),
  );
  if (!(stream instanceof Duplex)) throw new Error('attach gave no duplex stream');
  await ask(`menjalankan container ${name}`, () => container.start());
  const deadline = startDeadline(run);
  const ending = await converse(stream, run, deadline, () => forceRemove(engine, name));
  const { State } = await waitForExit(engine, name, run, deadline);
  if (State.ExitCode !== 0 && State.OOMKilled) {
    throw new Broken('memori-habis', `Perintah "${nameOf(run)}" dihentikan karena memorinya habis.`, {
      cause: new Error(ending.lastLines),
    });
  }
  return judge(run, ending, State.ExitCode);
}

async function waitForExit(engine: Engine, name: string, run: CommandRun, deadline: Deadline): Promise<ContainerInspectInfo> {
  for (;;) {
    const info = await inspect(engine, name);
    if (info === null) throw new Broken('container-tidak-ada', `Container perintah "${nameOf(run)}" terhapus sebelum perintahnya selesai.`);
    if (!info.State.Running) return info;
    if (deadline.signal.aborted) {
      await forceRemove(engine, name);
      throw deadline.explain();
    }
    await engine.clock.sleep(50);
  }
}

/** Those of a worker that died. An installation has one job at a time, so what is left of it nobody waits for. */
async function sweepLeftovers(engine: Engine, spec: ContainerSpec): Promise<void> {
  const installation = spec.labels[LABEL.installation];
  await sweep(engine, installation === undefined ? [`${LABEL.once}=${spec.name}`] : [LABEL.once, `${LABEL.installation}=${installation}`]);
}

/** The command's own outcome matters more than the tidying up, which the next run makes good. */
async function removeOrLeave(engine: Engine, name: string): Promise<void> {
  try {
    await forceRemove(engine, name);
  } catch (error) {
    engine.log.warn({ container: name, err: error }, 'could not remove the container of a command');
  }
}
