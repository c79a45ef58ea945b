import type { Registration } from '../domain/combined.ts';
import { type DesaTile, daysUntilFull, type MachineUse, stateOfDesa } from '../domain/fleet.ts';
import { ACTIVE_STATES, type Job, type OpenState } from '../domain/job.ts';
import type { Toolbox } from '../domain/ports.ts';
import type { TenantRow } from '../domain/ports-records.ts';
import { TASKS, type TaskName } from '../domain/schedule.ts';
import { type KodeTenant, type KodeWilayah, kecamatanOf, SCOPES, scopeOf } from '../domain/wilayah.ts';
import { type EndingCertificate, endingCertificates } from './certificate-overview.ts';

/** More desa than any kabupaten has. */
const ALL = 2_000;
const SHOWN_JOBS = 6;
const HISTORY_DAYS = 60;
const NEXT_TASK: TaskName = 'perbarui-semua';

/** The fleet at a glance, as far as somebody may see it. */
export interface FleetOverview {
  readonly desa: readonly DesaTile[];
  readonly jobs: Readonly<Record<OpenState, number>>;
  /** The newest that are at work. */
  readonly running: readonly Job[];
  /** What stopped jobs, most frequent first. */
  readonly causes: readonly { readonly fingerprint: string; readonly message: string; readonly count: number }[];
  /** By app, the versions that desa run, most frequent first. */
  readonly versions: readonly { readonly app: string; readonly counts: readonly { readonly version: string; readonly count: number }[] }[];
  readonly nextUpdate: { readonly label: string; readonly at: Date; readonly estimateMs: number | null } | null;
  readonly backups: { readonly none: number; readonly oldest: { readonly kode: KodeTenant; readonly at: Date } | null };
  readonly machine: (MachineUse & { readonly daysUntilFull: Readonly<Record<'disk' | 'memory', number | null>> }) | null;
  /** Certificates that end soon. */
  readonly ending: readonly EndingCertificate[];
  readonly combined: { readonly registered: number; readonly waiting: number; readonly oldestProof: Date | null };
}

/** @param within null: the whole fleet */
export async function overviewFleet(tools: Toolbox, within: KodeWilayah | null): Promise<FleetOverview> {
  const [{ rows }, latest, jobs, running, causes, backups, machine, ending, registrations, silences] = await Promise.all([
    tools.tenants.list({ within, scopes: SCOPES, limit: ALL }),
    tools.jobs.newestStates(within),
    tools.jobs.countOpen(within),
    tools.jobs.list({ within, state: ACTIVE_STATES, limit: SHOWN_JOBS }),
    tools.jobs.failuresByCause(within),
    backupsOf(tools, within),
    machineOf(tools),
    endingCertificates(tools, within),
    tools.registrations.list(),
    tools.silences.list(within),
  ]);
  const silent = new Set(silences.map(({ kode }) => kode));
  const nextUpdate = await nextUpdateOf(tools, rows);
  const desa = rows.filter(({ kode }) => scopeOf(kode) === 'desa');
  return {
    desa: desa.map(({ kode, nama, namaKecamatan, installations }) => ({
      ...{ kode, nama, namaKecamatan, kodeKecamatan: kecamatanOf(kode) },
      state: stateOfDesa(installations, latest.get(kode) ?? null, silent.has(kode)),
    })),
    jobs,
    running: running.rows,
    causes,
    versions: versionsOf(rows),
    nextUpdate,
    backups,
    machine,
    ending,
    combined: combinedOf(registrations.filter(({ kode }) => within === null || kode.startsWith(`${within}.`))),
  };
}

function versionsOf(rows: readonly TenantRow[]): FleetOverview['versions'] {
  const active = rows.flatMap(({ installations }) => installations).filter(({ state, version }) => state === 'active' && version !== null);
  return [...Map.groupBy(active, ({ app }) => app)].map(([app, of]) => ({
    app,
    counts: [...Map.groupBy(of, ({ version }) => version ?? '')]
      .map(([version, { length }]) => ({ version, count: length }))
      .sort((a, b) => b.count - a.count || b.version.localeCompare(a.version)),
  }));
}

async function nextUpdateOf(tools: Toolbox, rows: readonly TenantRow[]): Promise<FleetOverview['nextUpdate']> {
  const schedule = (await tools.schedules.list()).find(({ task }) => task === NEXT_TASK);
  const at = schedule?.enabled === true ? tools.calendar.next(schedule.pattern, tools.clock.now()) : null;
  if (at === null) return null;
  // As long a desa as last time: nothing else knows this server.
  const [last] = await tools.rollouts.list({ work: 'update', state: ['finished'], limit: 1 });
  const before = last === undefined ? [] : await tools.rollouts.members(last.id);
  const done = before.filter(({ state }) => state === 'done').length;
  const desa = rows.filter(({ installations }) => installations.some(({ state }) => state === 'active')).length;
  const took = last?.endedAt ? last.endedAt.getTime() - last.createdAt.getTime() : 0;
  return { label: TASKS[NEXT_TASK].label, at, estimateMs: done === 0 ? null : (took / done) * desa };
}

async function backupsOf(tools: Toolbox, within: KodeWilayah | null): Promise<FleetOverview['backups']> {
  const ages = await tools.backups.ages(within);
  let oldest: { kode: KodeTenant; at: Date } | null = null;
  for (const { kode, newest: at } of ages) if (at !== null && (oldest === null || at < oldest.at)) oldest = { kode, at };
  return { none: ages.filter(({ newest }) => newest === null).length, oldest };
}

async function machineOf(tools: Toolbox): Promise<FleetOverview['machine']> {
  const [use, days] = await Promise.all([tools.machine.use(), tools.machineDays.last(HISTORY_DAYS)]);
  return { ...use, daysUntilFull: { disk: daysUntilFull(days), memory: daysUntilFull(days, 'memory') } };
}

function combinedOf(registrations: readonly Registration[]): FleetOverview['combined'] {
  const there = registrations.filter(({ state }) => state === 'registered');
  const waiting = registrations.filter(({ state }) => state === 'registering' || state === 'stale' || state === 'detached');
  const proofs = there.flatMap(({ provenAt }) => (provenAt === null ? [] : [provenAt.getTime()]));
  return {
    registered: there.length,
    waiting: waiting.length,
    oldestProof: proofs.length === 0 ? null : new Date(Math.min(...proofs)),
  };
}
