/**
 * What people may ask for: authorise → check → record → ring. The API, the UI and the command line all come through
 * here, so they cannot differ. Everything that takes long happens later, in a worker.
 */
import { type Actor, requireMay } from '../domain/access.ts';
import { settleSettings } from '../domain/app.ts';
import { Conflict, Invalid, NotFound } from '../domain/errors.ts';
import { type Job, type JobInput, mayCancel, mayRetry, type WorkflowName } from '../domain/job.ts';
import { secretRef } from '../domain/plan.ts';
import type { TenantRow, Toolbox } from '../domain/ports.ts';
import type { Secret } from '../domain/secret.ts';
import { type Installation, parseDomain } from '../domain/tenant.ts';
import { type KodeDesa, kabupatenOf, kecamatanOf, parseKodeDesa, provinsiOf } from '../domain/wilayah.ts';

/** @throws Invalid for an unknown kode or a bad domain, Conflict when desa or domain are taken */
export async function createTenant(tools: Toolbox, actor: Actor, input: { kode: string; domain?: string | null }): Promise<TenantRow> {
  const kode = parseKodeDesa(input.kode);
  const domain = parseDomain(input.domain);
  requireMay(actor, 'create-tenant', kode);
  if (domain?.endsWith(`.${tools.facts.baseDomain}`)) {
    throw new Invalid('domain-cadangan', `Domain di bawah ${tools.facts.baseDomain} diatur sendiri oleh Pendopo.`, { field: 'domain' });
  }
  const [desa, kecamatan, kabupaten, provinsi] = await Promise.all([
    tools.wilayah.find(kode),
    tools.wilayah.find(kecamatanOf(kode)),
    tools.wilayah.find(kabupatenOf(kode)),
    tools.wilayah.find(provinsiOf(kode)),
  ]);
  if (desa === null || kecamatan === null || kabupaten === null || provinsi === null) {
    throw new Invalid('desa-tidak-dikenal', `Kode desa ${kode} tidak ada dalam daftar wilayah Indonesia.`, { field: 'kode' });
  }
  const tenant = {
    kode,
    domain,
    nama: desa.nama,
    kodeKecamatan: kecamatan.kode,
    namaKecamatan: kecamatan.nama,
    kodeKabupaten: kabupaten.kode,
    namaKabupaten: kabupaten.nama,
    kodeProvinsi: provinsi.kode,
    namaProvinsi: provinsi.nama,
  };
  await tools.tenants.create(tenant, actor);
  await tools.audit.note({ actor: actor.username, action: 'create-tenant', target: kode, detail: { domain } });
  return { ...tenant, createdAt: tools.clock.now(), installations: [] };
}

export interface InstallRequest {
  readonly kode: string;
  readonly app: string;
  /** null or left out: the newest release. */
  readonly tag?: string | null;
  readonly settings?: Readonly<Record<string, string>>;
  /** One of many: waits behind what is asked for by hand. */
  readonly bulk?: boolean;
}

export async function requestInstall(tools: Toolbox, actor: Actor, input: InstallRequest): Promise<{ jobId: string }> {
  const kode = parseKodeDesa(input.kode);
  requireMay(actor, 'install', kode);
  const tenant = await requireTenant(tools, kode);
  const { manifest } = tools.apps.entry(input.app);
  if (manifest.scope !== 'desa') throw new Invalid('lingkup-salah', `${manifest.title} bukan aplikasi desa.`, { field: 'app' });
  const settings = settleSettings(manifest, input.settings ?? {});
  const tag = input.tag?.trim() || null;
  requireFree(tools, tenant, input.app);
  const installation = await tools.tenants.ensureInstallation(kode, input.app, tools.ids.next());
  const jobId = await record(tools, actor, 'install', installation, { tag, settings, archiveId: null }, input.bulk ?? false);
  await tools.tenants.saveInstallation(installation.id, { settings });
  return { jobId };
}

/** `confirm` must repeat the desa's kode, in either form. The data is archived first. */
export async function requestRemove(
  tools: Toolbox,
  actor: Actor,
  input: { kode: string; app: string; confirm: string },
): Promise<{ jobId: string }> {
  const kode = parseKodeDesa(input.kode);
  requireMay(actor, 'remove', kode);
  if (input.confirm.replaceAll('.', '').trim() !== kode.replaceAll('.', '')) {
    throw new Invalid('konfirmasi-salah', `Ketik kode desa ${kode} untuk membenarkan penghapusan.`, { field: 'confirm' });
  }
  const tenant = await requireTenant(tools, kode);
  const installation = tenant.installations.find(({ app }) => app === input.app);
  if (installation === undefined || installation.state === 'absent') {
    throw new Conflict('belum-terpasang', `${tools.apps.entry(input.app).manifest.title} tidak terpasang di desa ini.`);
  }
  const jobId = await record(tools, actor, 'remove', installation, { tag: null, settings: installation.settings, archiveId: null });
  return { jobId };
}

/** Brings a removed installation back from its archive. */
export async function requestUnarchive(tools: Toolbox, actor: Actor, input: { archiveId: string }): Promise<{ jobId: string }> {
  const archive = await tools.archives.find(input.archiveId);
  if (archive === null) throw new NotFound('arsip-tidak-ada', 'Arsip ini tidak ada.');
  requireMay(actor, 'install', archive.kode);
  const tenant = await requireTenant(tools, archive.kode);
  requireFree(tools, tenant, archive.app);
  const installation = await tools.tenants.ensureInstallation(archive.kode, archive.app, tools.ids.next());
  const input_: JobInput = { tag: archive.tag, settings: installation.settings, archiveId: archive.id };
  return { jobId: await record(tools, actor, 'unarchive', installation, input_) };
}

export async function retryJob(tools: Toolbox, actor: Actor, jobId: string): Promise<void> {
  const job = await requireJob(tools, actor, jobId);
  requireMay(actor, 'retry', job.kode);
  if (!mayRetry(job.state) || !(await tools.jobs.requeue(jobId))) {
    throw new Conflict('tidak-dapat-diulang', 'Hanya pekerjaan yang gagal atau dibatalkan yang dapat dicoba lagi.');
  }
  await tools.audit.note({ actor: actor.username, action: 'retry', target: jobId });
  await ring(tools, job.kode);
}

/** Retries the newest failed job of every installation that was stopped by this cause. */
export async function retryByCause(tools: Toolbox, actor: Actor, fingerprint: string): Promise<{ retried: readonly string[] }> {
  requireMay(actor, 'retry', null);
  const retried: string[] = [];
  let after: string | undefined;
  do {
    const page = await tools.jobs.list({
      fingerprint,
      state: ['undone', 'stuck'],
      within: actor.wilayah,
      limit: 100,
      ...(after === undefined ? {} : { after }),
    });
    for (const job of page.rows) if (await requeueNewest(tools, job)) retried.push(job.id);
    after = page.next ?? undefined;
  } while (after !== undefined);
  await tools.audit.note({ actor: actor.username, action: 'retry-by-cause', target: fingerprint, detail: { jobs: retried.length } });
  return { retried };
}

async function requeueNewest(tools: Toolbox, job: Job): Promise<boolean> {
  try {
    return await tools.jobs.requeue(job.id);
  } catch (error) {
    // Somebody has asked for something newer at that desa: that is what counts there.
    if (error instanceof Conflict) return false;
    throw error;
  }
}

export async function cancelJob(tools: Toolbox, actor: Actor, jobId: string): Promise<void> {
  const job = await requireJob(tools, actor, jobId);
  requireMay(actor, 'cancel', job.kode);
  if (!mayCancel(job.state) || !(await tools.jobs.requestCancel(jobId))) {
    throw new Conflict('tidak-dapat-dibatalkan', 'Pekerjaan ini sudah selesai atau sudah melewati titik yang tidak dapat dikembalikan.');
  }
  await tools.audit.note({ actor: actor.username, action: 'cancel', target: jobId });
  await ring(tools, job.kode);
}

/** Settings an installation will run with from its next job on. */
export async function saveSettings(
  tools: Toolbox,
  actor: Actor,
  installationId: string,
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  const installation = await tools.tenants.installation(installationId);
  if (installation === null) throw new NotFound('pemasangan-tidak-ada', 'Pemasangan ini tidak ada.');
  requireMay(actor, 'install', installation.kode);
  const settled = settleSettings(tools.apps.entry(installation.app).manifest, settings);
  await tools.tenants.saveInstallation(installationId, { settings: settled });
  await tools.audit.note({ actor: actor.username, action: 'save-settings', target: installationId, detail: settled });
}

/** The administrator's first password, once; null afterwards and while nothing is installed. */
export async function revealAdminPassword(
  tools: Toolbox,
  actor: Actor,
  installationId: string,
): Promise<{ username: string; password: Secret } | null> {
  const installation = await tools.tenants.installation(installationId);
  if (installation === null) throw new NotFound('pemasangan-tidak-ada', 'Pemasangan ini tidak ada.');
  requireMay(actor, 'reveal-secret', installation.kode);
  const shown = tools.apps.entry(installation.app).manifest.secrets.find(({ reveal }) => reveal);
  const ref = shown === undefined ? null : secretRef(installationId, shown.name);
  if (installation.state !== 'active' || ref === null || !(await tools.vault.exists(ref))) return null;
  const password = await tools.vault.reveal(ref);
  await tools.audit.note({
    actor: actor.username,
    action: 'reveal-secret',
    target: installationId,
    detail: { given: password === null ? 0 : 1 },
  });
  return password === null ? null : { username: 'admin', password };
}

export async function record(
  tools: Toolbox,
  actor: Actor,
  workflow: WorkflowName,
  installation: Installation,
  input: JobInput,
  bulk = false,
): Promise<string> {
  const id = tools.ids.next();
  const { id: installationId, kode, app } = installation;
  await tools.jobs.create({ id, workflow, installationId, kode, app, input, requestedBy: actor.username, priority: bulk ? 10 : 0 });
  await tools.audit.note({ actor: actor.username, action: workflow, target: kode, detail: { app, job: id, tag: input.tag } });
  await ring(tools, kode);
  return id;
}

async function ring(tools: Toolbox, kode: KodeDesa): Promise<void> {
  const next = await tools.jobs.nextOf(kode);
  if (next !== null) await tools.queue.ring(next.id, next.epoch);
}

export async function requireTenant(tools: Toolbox, kode: KodeDesa): Promise<TenantRow> {
  const tenant = await tools.tenants.find(kode);
  if (tenant === null)
    throw new NotFound('desa-tidak-ada', `Desa ${kode} belum terdaftar.`, { advice: 'Tambahkan desa ini lebih dahulu.' });
  return tenant;
}

async function requireJob(tools: Toolbox, actor: Actor, jobId: string): Promise<Job> {
  const job = await tools.jobs.find(jobId);
  if (job === null || (actor.wilayah !== null && !job.kode.startsWith(actor.wilayah)))
    throw new NotFound('pekerjaan-tidak-ada', 'Pekerjaan ini tidak ada.');
  return job;
}

/** Neither this app nor another one at the same address may be there already. */
function requireFree(tools: Toolbox, tenant: TenantRow, app: string): void {
  const { manifest } = tools.apps.entry(app);
  for (const installation of tenant.installations) {
    if (installation.state === 'absent') continue;
    const other = tools.apps.entry(installation.app).manifest;
    if (installation.app === app)
      throw new Conflict('sudah-terpasang', `${manifest.title} sudah terpasang atau sedang dikerjakan di ${tenant.nama}.`);
    if (other.mount === manifest.mount)
      throw new Conflict('alamat-terpakai', `Alamat ${manifest.mount} di ${tenant.nama} sudah dipakai ${other.title}.`);
  }
}
