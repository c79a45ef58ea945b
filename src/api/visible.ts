import { type Actor, may } from '../domain/access.ts';
import type { Backup } from '../domain/backup.ts';
import { NotFound } from '../domain/errors.ts';
import type { Job } from '../domain/job.ts';
import type { Toolbox } from '../domain/ports.ts';
import type { Archive, TenantRow } from '../domain/ports-records.ts';
import type { Installation } from '../domain/tenant.ts';
import { type KodeTenant, parseKodeTenant } from '../domain/wilayah.ts';

/*
 * Finding one thing by its key, for an actor. What lies outside the actor's region does not exist for them: they get
 * the same answer as for a key that was never given out.
 */

/** @throws NotFound, and Invalid for what is no kode */
export async function seeTenant({ tenants }: Toolbox, actor: Actor, kode: string): Promise<TenantRow> {
  const tenant = await tenants.find(parseKodeTenant(kode));
  if (tenant !== null && sees(actor, tenant.kode)) return tenant;
  throw new NotFound('desa-tidak-ada', `Desa ${kode} belum terdaftar.`);
}

/** @throws NotFound */
export async function seeJob({ jobs }: Toolbox, actor: Actor, id: string): Promise<Job> {
  const job = await jobs.find(id);
  if (job !== null && sees(actor, job.kode)) return job;
  throw new NotFound('pekerjaan-tidak-ada', 'Pekerjaan ini tidak ada.');
}

/** @throws NotFound */
export async function seeInstallation({ tenants }: Toolbox, actor: Actor, id: string): Promise<Installation> {
  const installation = await tenants.installation(id);
  if (installation !== null && sees(actor, installation.kode)) return installation;
  throw new NotFound('pemasangan-tidak-ada', 'Pemasangan ini tidak ada.');
}

/** @throws NotFound */
export async function seeArchive({ archives }: Toolbox, actor: Actor, id: string): Promise<Archive> {
  const archive = await archives.find(id);
  if (archive !== null && sees(actor, archive.kode)) return archive;
  throw new NotFound('arsip-tidak-ada', 'Arsip ini tidak ada.');
}

/** @throws NotFound */
export async function seeBackup({ backups }: Toolbox, actor: Actor, id: string): Promise<Backup> {
  const backup = await backups.find(id);
  if (backup !== null && sees(actor, backup.kode)) return backup;
  throw new NotFound('cadangan-tidak-ada', 'Cadangan ini tidak ada.');
}

function sees(actor: Actor, kode: KodeTenant): boolean {
  return may(actor, 'read', kode);
}
