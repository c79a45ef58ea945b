import { readFileSync } from 'node:fs';
import type Docker from 'dockerode';

/** Bytes. */
export interface ContainerMemory {
  /** What the kernel counts for the container, without file cache that it gives back when somebody needs memory (`inactive_file`). */
  readonly counted: number;
  /** Of it what no other container could share: without any file cache, which is counted for whoever read the file first. */
  readonly own: number;
  /** The engine's own process beside it (containerd-shim), proportional set size. */
  readonly shim: number;
}

/** Keys differ between the two versions of control groups. */
export async function memoryOf(engine: Docker, id: string): Promise<ContainerMemory> {
  const container = engine.getContainer(id);
  const [{ memory_stats: memory }, { State }] = await Promise.all([container.stats({ stream: false }), container.inspect()]);
  const all = new Map(Object.entries(memory.stats ?? {}));
  const stat = (...names: readonly string[]): number => Number(names.map((name) => all.get(name)).find((one) => one !== undefined) ?? 0);
  const cache = stat('total_inactive_file', 'inactive_file');
  return {
    counted: memory.usage - cache,
    own: memory.usage - cache - stat('total_active_file', 'active_file'),
    shim: proportionalSize(parentOf(State.Pid)),
  };
}

/** PSS of a process in bytes. */
function proportionalSize(pid: number): number {
  return Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) * 1024;
}

function parentOf(pid: number): number {
  const [, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return Number(parent);
}
