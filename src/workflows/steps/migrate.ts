import { Broken } from '../../domain/errors.ts';
import type { Plan } from '../../domain/plan.ts';
import type { TableDigest } from '../../domain/ports-world.ts';
import { changeOf, isReplaced } from '../change.ts';
import { runCommand } from '../container-spec.ts';
import type { Step, StepTools } from '../step.ts';
import { valuesOf } from '../values.ts';
import { backupKeys, requireWhole } from './backup.ts';
import { putBackDatabase } from './restore.ts';

/** In a container of its own, with the new release's code: never by a visitor's request. */
export const migrateDatabase: Step = {
  name: 'migrate-database',
  label: 'Memigrasikan basis data',
  timeLimitSeconds: 3_600,
  isDone: async (plan, tools) => plan.manifest.commands.migrate === null || (await isReplaced(plan, tools)),
  run: runMigration,
  // DDL commits by itself, so half a migration is undone by the backup, whatever it did.
  undo: (plan, tools) => putBackDatabase(plan, tools),
};

/** The app's own migration of the desa's database, with the code of the plan's release. May be repeated. */
export async function runMigration(plan: Plan, tools: StepTools): Promise<void> {
  const { migrate } = plan.manifest.commands;
  if (migrate === null) return;
  await runCommand(plan, migrate, await valuesOf(plan, tools), tools);
}

/** What no update may change must be as it was when the backup was proven. */
export const checkConserved: Step = {
  name: 'check-conserved',
  label: 'Membandingkan data sebelum dan sesudah',
  isDone: async (plan, tools) => (await lossOf(plan, tools)) === null,
  async run(plan, tools) {
    const loss = await lossOf(plan, tools);
    if (loss === null) return;
    throw lost(loss);
  },
  undo: 'keep', // only looks
};

export function lost(loss: string): Broken {
  return new Broken('data-berubah', `Setelah pembaruan, data tidak sama dengan sebelumnya: ${loss}.`, {
    advice: 'Rilis ini merusak data. Tahan rilis ini, dan hubungi pembuat aplikasi.',
  });
}

function lossOf(plan: Plan, tools: StepTools): Promise<string | null> {
  return lossSince(changeOf(plan).backup.id, plan, tools);
}

/** What of the data to be kept is no longer as in that backup, in words; null: all is there. */
export async function lossSince(backupId: string, plan: Plan, tools: StepTools): Promise<string | null> {
  const { schema } = plan.names;
  if (schema === null) return null;
  const { conserved } = await requireWhole(backupKeys(backupId), tools);
  const now = new Map((await tools.databases.digest(schema, conserved)).map((digest) => [digest.table, digest]));
  for (const was of conserved) {
    const difference = compare(was, now.get(was.table));
    if (difference !== null) return difference;
  }
  if (conserved.length > 0) tools.tell(`${conserved.length} tabel yang dijaga: sama seperti sebelumnya`);
  return null;
}

function compare(was: TableDigest, is: TableDigest | undefined): string | null {
  if (is === undefined) return `tabel ${was.table} hilang`;
  if (is.rows !== was.rows) return `tabel ${was.table} berisi ${is.rows} baris, sebelumnya ${was.rows}`;
  if (is.columns.length !== was.columns.length) return `kolom tabel ${was.table} berkurang`;
  return is.sum === was.sum ? null : `isi tabel ${was.table} berubah`;
}
