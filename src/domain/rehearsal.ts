import type { Names } from './plan.ts';
import type { Member, Rollout } from './rollout.ts';

/** @param networked the apps' database server is reached over a network, which is then all it has */
export function rehearsalNames(
  instance: string,
  id: string,
  networked: boolean,
): Names & { readonly schema: string; readonly databaseUser: string } {
  // The end of an id is its random part, and short enough for the path of a socket.
  const short = id.slice(-12).toLowerCase();
  const name = `${instance}_gladi_${short}`;
  const container = `${instance}-gladi-${short}`;
  return {
    ...{ schema: name, databaseUser: name, container, network: networked ? container : null },
    ...{ folder: `scratch/gladi-${short}`, runFolder: `run/gladi-${short}` },
  };
}

/** Room on the disk without which no rehearsal begins: its copy unpacked, and something to spare. */
export function roomFor(backupBytes: number): number {
  return backupBytes * 8 + 512 * 1_048_576;
}

/** How long a desa took; null while it has not ended, or was never begun. */
export function secondsOf({ startedAt, endedAt, state }: Pick<Member, 'startedAt' | 'endedAt' | 'state'>): number | null {
  const ended = state === 'done' || state === 'failed';
  return ended && startedAt !== null && endedAt !== null ? Math.max(0, endedAt.getTime() - startedAt.getTime()) / 1_000 : null;
}

/**
 * Minutes that updating so many desa will take: as long as the rehearsed ones took, as many at a time as really were.
 * An update copies and proves the desa's data beside that, a rehearsal loads and starts a second time: about the same.
 * @returns null while none has passed
 */
export function estimateMinutes(
  { concurrency }: Pick<Rollout, 'concurrency'>,
  members: readonly Pick<Member, 'startedAt' | 'endedAt' | 'state'>[],
  desa: number,
): number | null {
  const took = members.filter(({ state }) => state === 'done').flatMap((one) => secondsOf(one) ?? []);
  const median = took.sort((a, b) => a - b)[Math.floor(took.length / 2)];
  if (median === undefined) return null;
  return (median * desa) / parallelOf(concurrency, members) / 60;
}

/** A few desa tell nothing of how many at a time the server manages. */
function parallelOf(concurrency: number, members: readonly Pick<Member, 'startedAt' | 'endedAt' | 'state'>[]): number {
  const ended = members.filter((one) => secondsOf(one) !== null);
  if (ended.length < concurrency * 2) return concurrency;
  const at = (of: 'startedAt' | 'endedAt'): readonly number[] => ended.flatMap((one) => one[of]?.getTime() ?? []);
  const wall = (Math.max(...at('endedAt')) - Math.min(...at('startedAt'))) / 1_000;
  const work = ended.reduce((sum, one) => sum + (secondsOf(one) ?? 0), 0);
  return wall <= 0 ? concurrency : Math.min(concurrency, Math.max(1, work / wall));
}
