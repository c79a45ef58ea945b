import type { Backup } from '../domain/backup.ts';
import { Conflict } from '../domain/errors.ts';
import type { Job } from '../domain/job.ts';
import { type Plan, plannedSecrets } from '../domain/plan.ts';
import { rehearsalNames, roomFor } from '../domain/rehearsal.ts';
import { change, updateTarget } from './planning-change.ts';
import type { StepTools } from './step.ts';

/** The update that would come, with the newest backup in the place of the data of now and scratch names in that of the desa's. */
export async function planRehearse(job: Job, tools: StepTools): Promise<Plan> {
  const { entry, installation, release, from } = await updateTarget(job, tools);
  if (entry.manifest.database === null) {
    throw new Conflict('tanpa-gladi', `${entry.manifest.title} tidak mempunyai basis data sendiri, jadi tidak ada yang dapat digladi.`);
  }
  const backup = await newestBackup(installation.id, from.tag, tools);
  await requireRoom(backup, tools);
  tools.tell(`Gladi ${backup.tag} → ${release.tag} dengan cadangan ${backup.createdAt.toISOString()}`);
  const plan = await change(job, entry, installation, release, { from, reason: 'by-hand', restores: backup.id }, tools);
  const id = tools.ids.next();
  return {
    ...plan,
    // What it only reads is read as by the desa itself.
    names: { ...rehearsalNames(tools.facts.instance, id, tools.facts.databaseOverNetwork), reader: plan.names.reader ?? null },
    rehearsal: { id, secrets: await ownSecrets(plan, tools) },
  };
}

/** One of the release that runs tells more than a newer one of another. */
async function newestBackup(installationId: string, tag: string, tools: StepTools): Promise<Backup> {
  const newestFirst = await tools.backups.list({ installationId, limit: 100 });
  const found = newestFirst.find((one) => one.tag === tag) ?? newestFirst[0];
  if (found !== undefined) return found;
  throw new Conflict('belum-ada-cadangan', 'Desa ini belum mempunyai cadangan yang terbukti.', {
    advice: 'Tekan Cadangkan di halaman desa.',
  });
}

/** A rehearsal must not be what fills the disk of desa at work. */
async function requireRoom({ bytes }: Backup, tools: StepTools): Promise<void> {
  const { diskFree } = await tools.machine.use();
  if (diskFree >= roomFor(bytes)) return;
  throw new Conflict('ruang-kurang', 'Ruang disk tidak cukup untuk menggladi desa ini.', { advice: 'Kosongkan disk server lebih dahulu.' });
}

/** Its account's password, and what only the new release asks for: the desa gets that with its update. */
async function ownSecrets(plan: Plan, tools: StepTools): Promise<readonly string[]> {
  const own: string[] = [];
  for (const { name, ref } of plannedSecrets(plan)) if (name === 'db-password' || !(await tools.vault.exists(ref))) own.push(name);
  return own;
}
