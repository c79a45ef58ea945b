import { connectDocker, LABEL, statusOf } from '../../src/adapters/docker-engine.ts';
import { explain } from '../../src/domain/errors.ts';

export interface OwnContainers {
  readonly dockerHost: string;
  readonly instance: string;
  /** Another Pendopo on the machine may have the same instance name; its containers have their folders elsewhere. */
  readonly dataFolder: string;
}

export interface Outcome {
  readonly done: number;
  /** Why the others were not, once each. */
  readonly failures: readonly string[];
}

const STOP_AT_ONCE = 12;
const START_AT_ONCE = 4;

/** Stops the running containers of this Pendopo: their database is about to go. They stay, and start again with `startOwnContainers`. */
export async function stopOwnContainers(own: OwnContainers, limitMs: number): Promise<Outcome> {
  const engine = connectDocker(own.dockerHost);
  const signal = AbortSignal.timeout(limitMs);
  const running = await engine.listContainers({ filters: { label: [`${LABEL.instance}=${own.instance}`] }, abortSignal: signal });
  return inParallel(running.filter(isOf(own)), STOP_AT_ONCE, ({ Id }) => engine.getContainer(Id).stop({ t: 2, abortSignal: signal }));
}

/**
 * Starts the stopped containers of this Pendopo that are meant to run: those with a restart policy. Containers of
 * one-off commands have none. Run it after the database, since the apps connect at their first request.
 */
export async function startOwnContainers(own: OwnContainers): Promise<Outcome> {
  const engine = connectDocker(own.dockerHost);
  const stopped = await engine.listContainers({
    all: true,
    filters: { label: [`${LABEL.instance}=${own.instance}`], status: ['exited', 'created'] },
  });
  return inParallel(stopped.filter(isOf(own)), START_AT_ONCE, async ({ Id }) => {
    const container = engine.getContainer(Id);
    const { HostConfig } = await container.inspect();
    if ((HostConfig.RestartPolicy?.Name ?? 'no') === 'no') return false;
    await container.start();
  });
}

/** Each mounts at least its run folder, which lies in the data folder. */
function isOf({ dataFolder }: OwnContainers) {
  return ({ Mounts }: { readonly Mounts: readonly { readonly Source: string }[] }): boolean =>
    Mounts.some(({ Source }) => Source.startsWith(`${dataFolder}/`));
}

async function inParallel<T>(items: readonly T[], width: number, act: (item: T) => Promise<unknown>): Promise<Outcome> {
  const waiting = [...items];
  const failures = new Set<string>();
  let done = 0;
  const work = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      try {
        if ((await act(item)) !== false) done += 1;
      } catch (error) {
        if (isAlreadyDone(error)) done += 1;
        else failures.add(explain(error));
      }
    }
  };
  await Promise.all(Array.from({ length: width }, work));
  return { done, failures: [...failures] };
}

/** 304: it is as wanted already. 404: it was removed meanwhile. */
function isAlreadyDone(error: unknown): boolean {
  const status = statusOf(error);
  return status === 304 || status === 404;
}
