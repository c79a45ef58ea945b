import type { Slice } from '../domain/combined.ts';
import { Unavailable } from '../domain/errors.ts';
import type { Change } from '../domain/outbox.ts';
import { aloneNow, findSlice, type SliceTools } from './slices.ts';

/** Changes looked at in one round. */
const A_ROUND = 5_000;
/** More than this of one table, and comparing the whole table is less work than following them. */
const HEAP = 20_000;
/** Whoever holds a combined table or works on a slice is left alone for so long; all others go on. */
const REST_MS = 1_000;

/** Who is left alone until when, by the process's clock. */
export interface Rests {
  readonly installations: Map<string, number>;
  readonly tables: Map<string, number>;
}

/**
 * One round: what desa have written since the last one is brought into the combined tables. Harmless when two do it.
 * @returns how many changes were looked at
 */
export async function feedRound(tools: SliceTools, rests: Rests, signal: AbortSignal): Promise<number> {
  const { outbox } = tools.combined;
  const now = tools.clock.elapsed();
  const except = { installations: resting(rests.installations, now), tables: resting(rests.tables, now) };
  const changes = await outbox.changes({ limit: A_ROUND, except });
  if (changes === null) {
    await beginAgain(tools);
    return 0;
  }
  if (changes.length >= A_ROUND) await levelHeaps(tools);
  for (const [installationId, list] of Map.groupBy(changes, (change) => change.installationId)) {
    if (signal.aborted) break;
    const isFree = await aloneNow(tools, installationId, () => feedSlice(tools, installationId, list, rests));
    if (!isFree) rests.installations.set(installationId, tools.clock.elapsed() + REST_MS);
  }
  return changes.length;
}

/**
 * Brings changes of one slice, table by table. A table that does not take them is marked stale, and the others go on.
 * @returns tables that somebody holds; their changes wait
 */
export async function applyChanges(tools: SliceTools, slice: Slice, changes: readonly Change[]): Promise<readonly string[]> {
  const held: string[] = [];
  let isChanged = false;
  for (const [table, list] of Map.groupBy(changes, (change) => change.table)) {
    try {
      await tools.combined.apply(slice, table, list);
      isChanged ||= slice.counted.has(table);
    } catch (error) {
      if (error instanceof Unavailable) {
        held.push(table);
        continue;
      }
      tools.log.warn({ err: error, installation: slice.installationId, table }, 'changes do not fit the combined table: marked stale');
      await tools.registrations.markStale(slice.installationId, [table]);
      await tools.combined.outbox.forget(list);
    }
  }
  if (isChanged) await tools.registrations.noteChanged(slice.installationId);
  return held;
}

async function feedSlice(tools: SliceTools, installationId: string, changes: readonly Change[], rests: Rests): Promise<void> {
  const found = await findSlice(tools, installationId);
  // Detached: every table is compared when it is attached again.
  if (found === null || found.registration.state === 'detached') return tools.combined.outbox.forget(changes);
  const held = await applyChanges(tools, found.slice, changes);
  for (const table of held) rests.tables.set(table, tools.clock.elapsed() + REST_MS);
}

/** Somebody has taken the outbox away: what was noted in it nobody knows, so every slice is compared. */
async function beginAgain(tools: SliceTools): Promise<void> {
  if (!(await tools.combined.outbox.ensure())) return;
  tools.log.warn({}, 'the outbox was missing and is made anew: every slice is compared');
  for (const { installationId, state } of await tools.registrations.list()) {
    if (state === 'registered') await tools.registrations.save(installationId, { state: 'stale', finding: 'Catatan perubahan hilang.' });
  }
}

/** After hours without a feeder: one mark a table in the place of its many changes. */
async function levelHeaps(tools: SliceTools): Promise<void> {
  for (const { installationId, table } of await tools.combined.outbox.heaps(HEAP)) {
    await aloneNow(tools, installationId, async () => {
      await tools.registrations.markStale(installationId, [table]);
      await tools.combined.outbox.forgetAll(installationId, table);
    });
  }
}

function resting(rests: Map<string, number>, now: number): readonly string[] {
  for (const [name, until] of rests) if (until <= now) rests.delete(name);
  return [...rests.keys()];
}
