import type { Slice, SliceProof } from '../domain/combined.ts';
import { Unavailable } from '../domain/errors.ts';
import { applyChanges } from './feeding.ts';
import type { SliceTools } from './slices.ts';

export interface Comparison {
  readonly tables: number;
  readonly rows: number;
  /** Differ although nothing was on its way. */
  readonly wrong: readonly SliceProof[];
  /** The desa writes there without a pause, or somebody holds the combined rows: neither equal nor wrong. */
  readonly open: readonly string[];
}

/** The desa goes on writing while we compare. */
const ROUNDS = 6;
const PAUSE_MS = 200;
/** A table that differs after being loaded anew twice will differ for ever. */
const LOADS = 2;
const AT_ONCE = 5_000;

/**
 * Compares both sides of a slice. What the desa has written meanwhile is brought over first, and a table that differs
 * while something is on its way is looked at again.
 * @param loads tables that certainly differ are loaded anew; one that cannot be is `wrong`
 */
export async function compareSlice(tools: SliceTools, slice: Slice, loads: boolean, signal: AbortSignal): Promise<Comparison> {
  const seen = new Map<string, SliceProof>();
  const wrong = new Map<string, SliceProof>();
  const loaded = new Map<string, number>();
  let open: readonly string[] | undefined;
  for (let round = 0; round < ROUNDS && open?.length !== 0; round += 1) {
    signal.throwIfAborted();
    await drain(tools, slice, signal);
    const proofs = await tools.combined.verify(slice, open);
    for (const proof of proofs) seen.set(proof.table, proof);
    const certain = proofs.filter(({ isEqual, isInFlight }) => !isEqual && !isInFlight);
    for (const proof of certain) if (!loads || !(await tryLoad(tools, slice, proof.table, loaded))) wrong.set(proof.table, proof);
    if (proofs.some(({ isInFlight }) => isInFlight)) await tools.clock.sleep(PAUSE_MS, signal);
    open = proofs.filter(({ table, isEqual }) => !isEqual && !wrong.has(table)).map(({ table }) => table);
  }
  const rows = [...seen.values()].reduce((sum, { source }) => sum + source, 0);
  return { tables: seen.size, rows, wrong: [...wrong.values()], open: open ?? [] };
}

/** Loads a table anew. @returns false when that is of no use: its rows do not fit. The other tables go on */
async function tryLoad(tools: SliceTools, slice: Slice, table: string, loaded: Map<string, number>): Promise<boolean> {
  const times = loaded.get(table) ?? 0;
  loaded.set(table, times + 1);
  if (times === LOADS) return false;
  try {
    await tools.combined.reload(slice, table);
    return true;
  } catch (error) {
    if (error instanceof Unavailable) return true;
    tools.log.warn({ err: error, installation: slice.installationId, table }, 'a table of the combined database cannot be loaded');
    return false;
  }
}

async function drain(tools: SliceTools, slice: Slice, signal: AbortSignal): Promise<void> {
  const { installationId } = slice;
  for (let round = 0; round < ROUNDS; round += 1) {
    signal.throwIfAborted();
    const changes = await tools.combined.outbox.changes({ limit: AT_ONCE, installationId });
    if (changes === null || changes.length === 0) return;
    if ((await applyChanges(tools, slice, changes)).length > 0) return;
  }
}
