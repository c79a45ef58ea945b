import { isActive, type Job } from './job.ts';
import type { Installation } from './tenant.ts';
import type { KodeTenant, KodeWilayah } from './wilayah.ts';

/**
 * How a desa stands, worst first: `decide` a job waits for a person · `silent` an app of it does not answer · `failed` its last job failed and was put back ·
 * `working` a job is at it · `suspended` an app of it is out of service · `active` something is installed · `empty` nothing is.
 */
export const DESA_STATES = ['decide', 'silent', 'failed', 'working', 'suspended', 'active', 'empty'] as const;
export type DesaState = (typeof DESA_STATES)[number];

export interface DesaTile {
  readonly kode: KodeTenant;
  readonly nama: string;
  readonly kodeKecamatan: KodeWilayah;
  readonly namaKecamatan: string;
  readonly state: DesaState;
}

/**
 * @param latest the desa's newest job
 * @param isSilent an active app of it did not answer when it was looked at last
 */
export function stateOfDesa(
  installations: readonly Pick<Installation, 'state'>[],
  latest: Pick<Job, 'state' | 'cancelRequested'> | null,
  isSilent: boolean,
): DesaState {
  if (latest?.state === 'stuck') return 'decide';
  if (latest !== null && isActive(latest.state)) return 'working';
  if (isSilent) return 'silent';
  // Somebody's own wish is no failure.
  if (latest?.state === 'undone' && !latest.cancelRequested) return 'failed';
  if (installations.some(({ state }) => state === 'suspended')) return 'suspended';
  return installations.some(({ state }) => state !== 'absent') ? 'active' : 'empty';
}

/** What the machine has, in bytes. */
export interface MachineUse {
  readonly diskTotal: number;
  /** What an ordinary program may still write. */
  readonly diskFree: number;
  readonly memoryTotal: number;
  readonly memoryFree: number;
}

/** One day's last measurement. `day` is `2026-11-24`. */
export interface MachineDay extends MachineUse {
  readonly day: string;
}

/** Fewer days than this say nothing about a direction. */
const FEWEST_DAYS = 3;
const DAY_MS = 86_400_000;

/**
 * In how many days disk or memory is full if it goes on as in these days (least squares); null when it does not grow,
 * or nobody can say yet.
 */
export function daysUntilFull(days: readonly MachineDay[], what: 'disk' | 'memory' = 'disk'): number | null {
  const last = days.at(-1);
  if (last === undefined || days.length < FEWEST_DAYS) return null;
  const points = days.map((one) => ({ x: Date.parse(one.day) / DAY_MS, y: one[`${what}Total`] - one[`${what}Free`] }));
  const mean = (of: (point: { x: number; y: number }) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean((p) => p.x), mean((p) => p.y)];
  const spread = mean((p) => (p.x - x) ** 2);
  const growth = spread === 0 ? 0 : mean((p) => (p.x - x) * (p.y - y)) / spread;
  return growth <= 0 ? null : Math.round(last[`${what}Free`] / growth);
}
