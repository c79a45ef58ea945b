import { type Action, type Actor, may } from '../../domain/access.ts';
import { isActive } from '../../domain/job.ts';
import type { Toolbox } from '../../domain/ports.ts';
import type { TenantRow } from '../../domain/ports-records.ts';
import { requestBackup, requestRollback, requestUpdate } from './change.ts';
import { requestInstall } from './installations.ts';

/** What may be asked for many desa at once, and who may. */
export const BULK_ACTIONS = ['install', 'update', 'backup', 'rollback'] as const;
export type BulkAction = (typeof BULK_ACTIONS)[number];

const NEEDS: Readonly<Record<BulkAction, Action>> = { install: 'install', update: 'update', backup: 'update', rollback: 'restore' };

/** One desa of a bulk before it begins: why it will be left out, or null. */
export interface BulkRow {
  readonly desa: TenantRow;
  readonly obstacle: string | null;
}

export interface BulkOutcome {
  readonly desa: TenantRow;
  readonly jobId: string | null;
  /** null exactly when there is a job. */
  readonly error: unknown;
}

/** What would come of it. Begins nothing. */
export async function foreseeBulk(
  tools: Toolbox,
  actor: Actor,
  { action, app, desa }: { readonly action: BulkAction; readonly app: string; readonly desa: readonly TenantRow[] },
): Promise<readonly BulkRow[]> {
  const latest = await tools.jobs.latestOf(desa.map(({ kode }) => kode));
  return desa.map((one) => {
    const installation = one.installations.find((other) => other.app === app);
    const job = latest.get(one.kode);
    const isThere = installation !== undefined && installation.state !== 'absent';
    if (!may(actor, NEEDS[action], one.kode)) return { desa: one, obstacle: 'Akun Anda tidak berhak di desa ini.' };
    if (job !== undefined && job.app === app && isActive(job.state)) return { desa: one, obstacle: 'Masih ada pekerjaan yang berjalan.' };
    if (action === 'install') return { desa: one, obstacle: isThere ? 'Sudah terpasang.' : null };
    return { desa: one, obstacle: installation?.state === 'active' ? null : 'Belum terpasang atau tidak aktif.' };
  });
}

/** Asks for each desa that nothing stands in the way of. One desa's refusal holds up no other. */
export async function requestBulk(
  tools: Toolbox,
  actor: Actor,
  wish: { readonly action: BulkAction; readonly app: string; readonly desa: readonly TenantRow[] },
): Promise<readonly BulkOutcome[]> {
  const outcomes: BulkOutcome[] = [];
  for (const { desa, obstacle } of await foreseeBulk(tools, actor, wish)) {
    if (obstacle !== null) continue;
    const place = { kode: desa.kode, app: wish.app };
    try {
      const { jobId } = await ask(tools, actor, wish.action, place);
      outcomes.push({ desa, jobId, error: null });
    } catch (error) {
      outcomes.push({ desa, jobId: null, error });
    }
  }
  const accepted = outcomes.filter(({ jobId }) => jobId !== null).length;
  const detail = { app: wish.app, desa: wish.desa.length, accepted, refused: wish.desa.length - accepted };
  await tools.audit.note({ actor: actor.username, action: `bulk-${wish.action}`, target: 'desa', detail });
  return outcomes;
}

function ask(tools: Toolbox, actor: Actor, action: BulkAction, place: { readonly kode: string; readonly app: string }) {
  if (action === 'install') return requestInstall(tools, actor, { ...place, bulk: true });
  if (action === 'update') return requestUpdate(tools, actor, place);
  return action === 'backup' ? requestBackup(tools, actor, place) : requestRollback(tools, actor, place);
}
