import { type Actor, requireMay } from '../../domain/access.ts';
import { Invalid } from '../../domain/errors.ts';
import type { Toolbox } from '../../domain/ports.ts';
import { type CheckedRow, checkImport, type ImportRow } from '../import-check.ts';
import { requestInstallMany } from './install-many.ts';
import { requestInstall } from './installations.ts';
import { ensureTenant } from './tenants.ts';

/** What to install at every desa: nothing yet, one app, or all real ones that are missing there. */
export type ImportApps = { readonly kind: 'none' } | { readonly kind: 'one'; readonly app: string } | { readonly kind: 'all' };

export interface ImportOutcome {
  readonly row: CheckedRow;
  readonly jobIds: readonly string[];
  /** null exactly when it was done. */
  readonly error: unknown;
}

/**
 * Registers desa and asks for their installation. Every row is looked at again first.
 * @throws Invalid when any row has a problem, unless those are to be left out; nothing is begun then
 */
export async function importDesa(
  tools: Toolbox,
  actor: Actor,
  wish: { readonly rows: readonly ImportRow[]; readonly skipsBad: boolean; readonly apps: ImportApps },
): Promise<readonly ImportOutcome[]> {
  requireMay(actor, 'create-tenant', actor.wilayah);
  const checked = await checkImport(tools, actor, wish.rows);
  const good = checked.filter(({ problems }) => problems.length === 0);
  if (good.length < checked.length && !wish.skipsBad)
    throw new Invalid('baris-bermasalah', `${checked.length - good.length} baris masih bermasalah. Belum ada yang dimulai.`, {
      advice: 'Perbaiki berkasnya lalu unggah lagi, atau pilih melewati baris yang bermasalah.',
    });
  if (good.length === 0) throw new Invalid('tidak-ada-baris', 'Tidak ada baris yang dapat diimpor.');
  const outcomes: ImportOutcome[] = [];
  for (const row of good) outcomes.push(await bring(tools, actor, row, wish.apps));
  const failed = outcomes.filter(({ error }) => error !== null).length;
  await tools.audit.note({
    ...{ actor: actor.username, action: 'import-desa', target: 'desa' },
    detail: { rows: good.length, skipped: checked.length - good.length, failed },
  });
  return outcomes;
}

/** One desa's refusal holds up no other. */
async function bring(tools: Toolbox, actor: Actor, row: CheckedRow, apps: ImportApps): Promise<ImportOutcome> {
  try {
    const { kode } = await ensureTenant(tools, actor, { kode: row.kode, domain: row.domain || null });
    if (apps.kind === 'none') return { row, jobIds: [], error: null };
    if (apps.kind === 'one') {
      const { jobId } = await requestInstall(tools, actor, { kode, app: apps.app, bulk: true });
      return { row, jobIds: [jobId], error: null };
    }
    const { jobs } = await requestInstallMany(tools, actor, { kode, bulk: true });
    return { row, jobIds: jobs.map(({ jobId }) => jobId), error: null };
  } catch (error) {
    return { row, jobIds: [], error };
  }
}
