import { may } from '../domain/access.ts';
import { Invalid, NotFound } from '../domain/errors.ts';
import { isActive, type Job } from '../domain/job.ts';
import type { TenantRow } from '../domain/ports-records.ts';
import { type Installation, siteOf } from '../domain/tenant.ts';
import { type KodeTenant, parseKodeTenant, scopeOf } from '../domain/wilayah.ts';
import { listRegistrations } from '../workflows/combined-overview.ts';
import { requestInstall, revealAdminPassword } from '../workflows/commands/installations.ts';
import { setContact } from '../workflows/commands/notices.ts';
import { saveSettings } from '../workflows/commands/settings.ts';
import { lookAtInstallation } from '../workflows/installation-health.ts';
import { addressCard } from './address-card.ts';
import { offerOf } from './app-choice.ts';
import { installAllCard } from './app-sets.ts';
import { appsFor } from './catalogue.ts';
import { choiceForm } from './certificate-choice.ts';
import { backupCard, changeButtons, serviceButtons } from './change-cards.ts';
import { contactCard } from './contact-card.ts';
import { installWishes } from './desa-add.ts';
import { archiveCard, type Dossier, freeCard, identity, installedCard, workingBox } from './desa-cards.ts';
import { combinedStateCard } from './desa-combined.ts';
import { healthFacts } from './desa-health.ts';
import { history } from './desa-history.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { orShowAgain, redirect, toJob } from './notices.ts';
import { listCrumb, sectionOf } from './other-tenants.ts';
import { crumb, pageHead, siteLink } from './parts.ts';
import { namaLengkap, whereabouts } from './present.ts';
import { subscriptionCard } from './subscription-card.ts';
import type { Answer, Visit } from './visit.ts';

const HISTORY = 15;
/** Of the audit; those of jobs among them are shown as jobs. */
const LINES = 60;
const CHANGES_VERSION: ReadonlySet<string> = new Set(['install', 'unarchive', 'update', 'rollback', 'restore']);

/** Everything about one desa. */
export async function showDesa(visit: Visit): Promise<Answer> {
  const dossier = await dossierOf(visit);
  const { desa, jobs, offers } = dossier;
  if (visit.wantsFragment) return { kind: 'fragment', body: workingBox(visit, dossier) };

  const there = desa.installations.filter(({ state }) => state !== 'absent');
  const free = offers.filter(({ manifest }) => there.every(({ app }) => app !== manifest.name));
  const url = siteOf(there.filter(({ state }) => state === 'active'));
  const mayInstall = may(visit.actor, 'install', desa.kode);
  const contact = await contactCard(visit, desa);
  const body = html`
    ${pageHead({ crumbs: [listCrumb(desa)], title: namaLengkap(desa), lead: html`<span class="pd-kode">${desa.kode}</span> · ${whereabouts(desa)}`, actions: html`${mayInstall && there.some(({ state }) => state === 'active') && html`<a class="btn" href="/desa/${desa.kode}/pengaturan">${icon('setelan')}Pengaturan</a>`}${serviceButtons(visit, dossier)}${siteLink(url, 'Buka situs', 'btn btn-primary')}` })}
    ${jobs.some(({ state }) => isActive(state)) && workingBox(visit, dossier)}
    <div class="pd-columns">
      <div class="pd-column">
        ${there.map((one) => installedCard(visit, dossier, changeButtons(visit, dossier, one), one))}
        ${mayInstall && free.length > 0 && html`<section class="pd-group"><h2 class="pd-section-title">${there.length === 0 ? 'Pasang aplikasi' : 'Pasang aplikasi lain'}</h2>${!jobs.some(({ state }) => isActive(state)) && installAllCard(visit, desa, offers)}${free.map((offer) => freeCard(visit, dossier, offer))}</section>`}
        ${!mayInstall && there.length === 0 && html`<section class="card pd-card"><p class="pd-muted">Belum ada aplikasi yang terpasang di sini.</p></section>`}
        ${history(visit, dossier)}
      </div>
      <aside class="pd-column">${identity(visit, desa)}${subscriptionCard(visit, desa)}${addressCard(visit, desa, dossier.addresses)}${choiceForm(visit, desa, dossier.addresses, dossier.certificates)}${contact}${combinedStateCard(visit, dossier)}${backupCard(visit, dossier)}${archiveCard(visit, dossier)}</aside>
    </div>`;
  return { kind: 'page', title: namaLengkap(desa), section: sectionOf(desa), body };
}

async function dossierOf(visit: Visit): Promise<Dossier> {
  const { tools } = visit;
  const desa = await findDesa(visit);
  const [jobs, archives, backups, addresses, certificates, offers, pinned, slices, audit] = await Promise.all([
    tools.jobs.list({ kode: desa.kode, limit: HISTORY }),
    tools.archives.list({ kode: desa.kode, limit: HISTORY }),
    tools.backups.list({ kode: desa.kode, limit: 100 }),
    tools.addresses.of(desa.kode),
    tools.certificateChoices.of(desa.kode),
    Promise.all(appsFor(tools.apps, scopeOf(desa.kode)).map((manifest) => offerOf(tools, manifest))),
    tools.rollouts.pinned(),
    listRegistrations(tools, visit.actor, { wilayah: desa.kode }),
    may(visit.actor, 'manage-users', null) ? tools.audit.list({ kode: desa.kode, limit: LINES }) : null,
  ]);
  const versions = await versionsOf(visit, jobs.rows);
  return { desa, jobs: jobs.rows, archives, backups, addresses, certificates, offers, pinned, versions, slices, audit: audit?.rows ?? [] };
}

/** What jobs that change the version led to, from their plans. */
async function versionsOf({ tools }: Visit, jobs: readonly Job[]): Promise<ReadonlyMap<string, string>> {
  const changing = jobs.filter(({ workflow, state }) => CHANGES_VERSION.has(workflow) && state === 'succeeded');
  const plans = await Promise.all(changing.map(async ({ id }) => [id, (await tools.jobs.plan(id))?.release.version] as const));
  return new Map(plans.flatMap(([id, version]) => (version === undefined ? [] : [[id, version] as const])));
}

/** Health of one app, asked when the page is there already: Docker may take its time. */
export async function showHealth(visit: Visit): Promise<Answer> {
  const { installation } = await findInstallation(visit);
  return { kind: 'fragment', body: healthFacts(await lookAtInstallation(visit.tools, installation)) };
}

/** Pasang on the desa page. */
export async function installApp(visit: Visit): Promise<Answer> {
  const app = visit.params.text('aplikasi');
  return orShowAgain(
    () => toJob(requestInstall(visit.tools, visit.actor, { kode: visit.params.text('kode'), app, ...installWishes(visit.form, app) })),
    () => showDesa(visit),
  );
}

export async function changeSettings(visit: Visit): Promise<Answer> {
  const { desa, installation } = await findInstallation(visit);
  return orShowAgain(
    async () => {
      await saveSettings(visit.tools, visit.actor, installation.id, installWishes(visit.form, installation.app).settings);
      return redirect(`/desa/${desa.kode}`, 'setelan-disimpan');
    },
    () => showDesa(visit),
  );
}

/** Whom the desa wants to be told. */
export async function changeContact(visit: Visit): Promise<Answer> {
  const { kode } = await findDesa(visit);
  return orShowAgain(
    async () => {
      await setContact(visit.tools, visit.actor, { kode, email: visit.form.text('surel') });
      return redirect(`/desa/${kode}`, 'setelan-disimpan');
    },
    () => showDesa(visit),
  );
}

/** The first password of the app's administrator. It is given once, so it is shown at once and kept nowhere. */
export async function revealPassword(visit: Visit): Promise<Answer> {
  const { desa, installation } = await findInstallation(visit);
  return orShowAgain(
    async () => {
      const found = await revealAdminPassword(visit.tools, visit.actor, installation.id);
      const shown = found === null ? alreadyRevealed() : passwordBox(found.username, found.password.expose());
      if (visit.wantsFragment) return { kind: 'fragment', body: shown };
      const body = html`${pageHead({ crumbs: [listCrumb(desa), crumb(`/desa/${desa.kode}`, namaLengkap(desa))], title: 'Kata sandi admin' })}<section class="card pd-card">${shown}</section>`;
      return { kind: 'page', title: 'Kata sandi admin', section: 'desa', body };
    },
    () => showDesa({ ...visit, wantsFragment: false }),
  );
}

/** @throws NotFound also for a desa the visitor may not know of */
export async function findDesa({ tools, actor, params }: Pick<Visit, 'tools' | 'actor' | 'params'>): Promise<TenantRow> {
  const kode = kodeOrNull(params.text('kode'));
  const desa = kode !== null && may(actor, 'read', kode) ? await tools.tenants.find(kode) : null;
  if (desa === null) throw new NotFound('desa-tidak-ada', `Desa ${params.text('kode')} tidak ada di server ini.`);
  return desa;
}

/** In an address a wrong kode is a page that does not exist, not a wrong input. */
function kodeOrNull(text: string): KodeTenant | null {
  try {
    return parseKodeTenant(text);
  } catch (error) {
    if (error instanceof Invalid) return null;
    throw error;
  }
}

export async function findInstallation(visit: Visit): Promise<{ desa: TenantRow; installation: Installation }> {
  const desa = await findDesa(visit);
  const app = visit.params.text('aplikasi');
  const installation = desa.installations.find((one) => one.app === app);
  if (installation === undefined) throw new NotFound('pemasangan-tidak-ada', `Aplikasi "${app}" tidak terpasang di desa ini.`);
  return { desa, installation };
}

function passwordBox(username: string, password: string): Html {
  return html`<div class="pd-secret" role="status">
    <p>Catat sekarang: demi keamanan kata sandi ini <b>hanya tampil sekali</b>.</p>
    <dl><div><dt>Nama pengguna</dt><dd><code id="nama-admin">${username}</code></dd></div><div><dt>Kata sandi</dt><dd><code id="sandi-admin">${password}</code><button class="btn btn-sm" type="button" data-salin="#sandi-admin" hidden>${icon('salin')}Salin</button></dd></div></dl>
  </div>`;
}

function alreadyRevealed(): Html {
  return html`<div class="pd-notice pd-info" role="status"><span class="pd-notice-icon">${icon('info')}</span><p>Kata sandi pertama sudah pernah ditampilkan dan tidak dapat ditampilkan lagi. Bila tidak tercatat, aturlah ulang dari dalam aplikasinya.</p></div>`;
}
