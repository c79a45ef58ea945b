/** Who is in a rollout, and in which order: canaries first, then wave after wave. */
import { channelFor, splitTag } from '../domain/app.ts';
import type { Toolbox } from '../domain/ports.ts';
import type { NewMember, NewRollout } from '../domain/ports-jobs.ts';
import type { TenantRow } from '../domain/ports-records.ts';
import { type RolloutWork, wavesOf } from '../domain/rollout.ts';
import type { Installation } from '../domain/tenant.ts';
import { isWithin, SCOPES } from '../domain/wilayah.ts';
import type { Window } from '../domain/window.ts';
import { type KeptOut, keptOut } from './rehearsals.ts';

export interface Choice {
  readonly work: RolloutWork;
  readonly app: string;
  readonly tag: string | null;
  readonly createdBy: string;
  /** These go first, alone. */
  readonly canaries?: readonly string[];
  readonly concurrency?: number;
  readonly haltPercent?: number | null;
  /** New desa begin in these hours only; null or left out: at any time. */
  readonly window?: Window | null;
  /** After the canaries one kecamatan is one wave. */
  readonly byKecamatan?: boolean;
}

export type Chosen = Pick<Installation, 'id' | 'kode' | 'tag'> & {
  readonly backupId: string | null;
  /** It failed its rehearsal: it stands in the rollout, and waits for a person. */
  readonly held?: KeptOut;
};

const CONCURRENCY = 4;
const HALT_PERCENT = 20;
/** `52.01.14` */
const KECAMATAN_LENGTH = 8;

/** A rollout of these installations, ready to be recorded. */
export function composeRollout(
  tools: Pick<Toolbox, 'ids'>,
  choice: Choice,
  chosen: readonly Chosen[],
): { rollout: NewRollout; members: readonly NewMember[] } {
  const { work, app, tag, createdBy, concurrency = CONCURRENCY, window = null } = choice;
  const canaries = new Set(choice.canaries ?? []);
  const rank = ({ kode, held }: Chosen): number => (held !== undefined ? 2 : canaries.has(kode) ? 0 : 1);
  const ordered = [...chosen].sort((a, b) => rank(a) - rank(b) || a.kode.localeCompare(b.kode));
  const inWaves = work === 'update';
  const waves = inWaves
    ? wavesFor(
        ordered.filter(({ held }) => held === undefined),
        canaries,
        choice.byKecamatan ?? false,
      )
    : [];
  const members = ordered.map(({ kode, id, tag: fromTag, backupId, held }, position) => ({
    ...{ position, wave: waves[position] ?? waves.at(-1) ?? 0, kode, installationId: id, jobId: held?.jobId ?? tools.ids.next() },
    ...{ fromTag: fromTag ?? '', backupId, ...(held === undefined ? {} : { held: { fingerprint: held.fingerprint } }) },
  }));
  const haltPercent = choice.haltPercent === undefined ? (inWaves ? HALT_PERCENT : null) : choice.haltPercent;
  return { rollout: { id: tools.ids.next(), work, app, tag, concurrency, haltPercent, window, createdBy }, members };
}

function wavesFor(ordered: readonly Chosen[], canaries: ReadonlySet<string>, byKecamatan: boolean): readonly number[] {
  const first = ordered.filter(({ kode }) => canaries.has(kode)).length || 1;
  if (!byKecamatan) return wavesOf(ordered.length, first);
  const waves: number[] = [];
  for (const [position, { kode }] of ordered.entries()) {
    const before = ordered[position - 1]?.kode.slice(0, KECAMATAN_LENGTH);
    const isNext = position >= first && (position === first || before !== kode.slice(0, KECAMATAN_LENGTH));
    waves.push((waves.at(-1) ?? 0) + (isNext ? 1 : 0));
  }
  return waves;
}

interface Wanted {
  readonly app: string;
  readonly work: RolloutWork;
  readonly tag: string | null;
  /** Only desa of this region. */
  readonly within?: string | null;
}

/** Active installations of an app; for updates and rehearsals without those that are pinned, there already, or of another channel. */
export async function chooseInstallations(tools: Toolbox, { app, work, tag, within }: Wanted): Promise<readonly Chosen[]> {
  const forwards = work === 'update' || work === 'rehearse';
  const pinned = forwards ? await tools.rollouts.pinned() : new Set<string>();
  const held = work === 'update' && tag !== null ? await keptOut(tools, app, tag) : new Map<string, KeptOut>();
  const { manifest } = tools.apps.entry(app);
  const channel = tag === null ? null : splitTag(tag).channel;
  return (await everyTenant(tools, app))
    .filter(({ kode }) => isWithin(kode, within ?? null))
    .flatMap(({ installations }) => installations)
    .filter((one) => one.app === app && one.state === 'active')
    .filter(({ settings }) => !forwards || channelFor(manifest, settings) === channel)
    .filter((one) => !pinned.has(one.id) && (!forwards || one.tag !== tag))
    .map(({ id, kode, tag: fromTag }) => ({ id, kode, tag: fromTag, backupId: null, ...heldOf(held.get(id)) }));
}

/** The channels that installations of an app take their releases from; the usual one is ''. */
export async function channelsInUse(tools: Toolbox, app: string): Promise<readonly string[]> {
  const { manifest } = tools.apps.entry(app);
  const there = (await everyTenant(tools, app))
    .flatMap(({ installations }) => installations)
    .filter((one) => one.app === app && one.state === 'active');
  return [...new Set(there.map(({ settings }) => channelFor(manifest, settings)))].sort();
}

function heldOf(held: KeptOut | undefined): Pick<Chosen, 'held'> {
  return held === undefined ? {} : { held };
}

async function everyTenant(tools: Toolbox, app: string): Promise<readonly TenantRow[]> {
  const rows: TenantRow[] = [];
  let after: string | undefined;
  do {
    const page = await tools.tenants.list({ app, state: 'active', scopes: SCOPES, limit: 200, ...(after === undefined ? {} : { after }) });
    rows.push(...page.rows);
    after = page.next ?? undefined;
  } while (after !== undefined);
  return rows;
}
