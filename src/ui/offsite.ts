import { may } from '../domain/access.ts';
import { isLate, type OffsiteState, repositoryOf } from '../domain/offsite.ts';
import { Secret } from '../domain/secret.ts';
import { configureOffsite, dropOffsite } from '../workflows/commands/offsite.ts';
import { runTask } from '../workflows/commands/rollouts.ts';
import { type Html, html } from './html.ts';
import { orShowAgain, redirect } from './notices.ts';
import { badge, buttonForm, crumb, csrfField, pageHead, when } from './parts.ts';
import type { Look } from './present.ts';
import type { Answer, Visit } from './visit.ts';

function lookOf(offsite: OffsiteState | null, now: Date): Look {
  if (offsite === null) return { word: 'belum diatur', tone: 'awas', icon: 'awas' };
  if (offsite.failure !== null) return { word: 'gagal', tone: 'buruk', icon: 'awas' };
  return isLate(offsite, now) ? { word: 'terlambat', tone: 'awas', icon: 'jam' } : { word: 'baik', tone: 'baik', icon: 'centang' };
}

/** On the page of backups: how old the last copy elsewhere is. */
export async function offsiteLine(visit: Visit): Promise<Html> {
  const offsite = await visit.tools.offsites.find();
  const age = offsite?.copiedAt ?? null;
  return html`<p class="pd-row">Salinan di luar server: ${badge(lookOf(offsite, visit.now))} ${age !== null && html`<span class="pd-muted">terakhir ${when(age, visit)}</span>`} <a href="/salinan-luar">Lihat</a></p>`;
}

/** Salinan luar: where copies of all backups go, how the last one went, and how to change it. */
export async function showOffsite(visit: Visit): Promise<Answer> {
  const { tools, actor } = visit;
  const offsite = await tools.offsites.find();
  const body = html`
    ${pageHead({ crumbs: [crumb('/cadangan', 'Cadangan')], title: 'Salinan luar', lead: 'Setiap malam semua cadangan dan arsip disalin, terenkripsi, ke tempat lain. Bila server ini hilang, data desa tidak ikut hilang.' })}
    <div class="pd-stack">${stateCard(visit, offsite)}${may(actor, 'configure', null) && setUpForm(visit, await tools.offsiteStore.publicKey())}</div>`;
  return { kind: 'page', title: 'Salinan luar', section: 'cadangan', body };
}

function stateCard(visit: Visit, offsite: OffsiteState | null): Html {
  const none = html`<span class="pd-muted">belum pernah</span>`;
  const facts: readonly (readonly [string, Html | string])[] =
    offsite === null
      ? []
      : [
          ['Tempat', html`<code>${repositoryOf(offsite.place)}</code>`],
          ['Salinan terakhir', offsite.copiedAt === null ? none : when(offsite.copiedAt, visit)],
          ['Terakhir diperiksa', offsite.checkedAt === null ? none : when(offsite.checkedAt, visit)],
        ];
  return html`<section class="card pd-card"><h2 class="pd-card-title">Keadaan ${badge(lookOf(offsite, visit.now))}</h2>
    ${offsite === null && html`<p>Cadangan hanya ada di server ini.</p>`}
    ${offsite?.failure && html`<p>${offsite.failure}</p>`}
    <dl class="pd-list-facts">${facts.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>
    ${
      offsite !== null &&
      html`<div class="pd-row">
      ${may(visit.actor, 'rollout', visit.actor.wilayah) && [runButton(visit, 'salin-luar', 'Salin sekarang'), runButton(visit, 'periksa-luar', 'Periksa sekarang')]}
      ${may(visit.actor, 'configure', null) && buttonForm(visit, { action: '/salinan-luar/hentikan', label: 'Hentikan', icon: 'silang', style: '', confirm: 'Tidak menyalin lagi? Yang sudah disalin tetap di tempatnya.' })}</div>`
    }</section>`;
}

function runButton(visit: Visit, task: string, label: string): Html {
  const fields = html`<input type="hidden" name="tugas" value="${task}">`;
  return buttonForm(visit, { action: '/salinan-luar/jalankan', label, icon: 'lanjut', style: '', fields });
}

function setUpForm(visit: Visit, publicKey: string): Html {
  const field = (name: string, label: string, hint: string, type = 'text'): Html =>
    html`<div class="pd-field"><label class="form-label" for="${name}">${label}</label><input class="form-control" type="${type}" id="${name}" name="${name}" autocomplete="off" spellcheck="false" value="${type === 'text' && visit.form.text(name)}"><p class="pd-hint">${hint}</p></div>`;
  return html`<section class="card pd-card"><h2 class="pd-card-title">Atur tempatnya</h2>
    <form method="post" action="/salinan-luar">${csrfField(visit)}
      ${field('tempat', 'Tempat', 'Folder di disk lain (/mnt/…), sftp://pengguna@server/folder, atau s3:https://server/wadah.')}
      ${field('sandi', 'Kata sandi salinan', 'Kosongkan untuk dibuatkan. Tanpa kata sandi ini salinan tidak dapat dibaca: simpan di luar server.', 'password')}
      <details class="pd-fold"><summary>Khusus SFTP dan S3</summary><div class="pd-fold-body">
        <p class="pd-hint">SFTP: tambahkan baris ini ke <code>authorized_keys</code> di server tujuan.</p><pre class="pd-note">${publicKey}</pre>
        ${field('kunci-akses', 'Kunci akses S3', 'Access key ID')}${field('kunci-rahasia', 'Kunci rahasia S3', 'Secret access key', 'password')}</div></details>
      <button class="btn btn-primary" type="submit">Simpan dan coba</button></form></section>`;
}

export function changeOffsite(visit: Visit): Promise<Answer> {
  const { tools, actor, form } = visit;
  const secret = (name: string): Secret | null => (form.raw(name) === '' ? null : new Secret(form.raw(name)));
  return orShowAgain(
    async () => {
      const wanted = { place: form.text('tempat'), password: secret('sandi'), secretKey: secret('kunci-rahasia') };
      const made = await configureOffsite(tools, actor, { ...wanted, accessKeyId: form.text('kunci-akses') });
      return made === null ? redirect('/salinan-luar', 'setelan-disimpan') : madePage(made);
    },
    () => showOffsite(visit),
  );
}

/** Told this once, so it is shown at once and kept nowhere but in the vault. */
function madePage(password: Secret): Answer {
  const body = html`${pageHead({ crumbs: [crumb('/salinan-luar', 'Salinan luar')], title: 'Catat kata sandinya' })}
    <section class="card pd-card"><p>Tanpa kata sandi ini salinan tidak dapat dibaca. Simpan di luar server; ia <b>hanya tampil sekali</b>.</p><p><code id="sandi-luar">${password.expose()}</code></p>
    <a class="btn" href="/salinan-luar">Sudah saya catat</a></section>`;
  return { kind: 'page', title: 'Catat kata sandinya', section: 'cadangan', body };
}

export function stopOffsite(visit: Visit): Promise<Answer> {
  return orShowAgain(
    async () => {
      await dropOffsite(visit.tools, visit.actor);
      return redirect('/salinan-luar');
    },
    () => showOffsite(visit),
  );
}

const RUNNABLE = new Set(['salin-luar', 'periksa-luar']);

export function runOffsite(visit: Visit): Promise<Answer> {
  const task = visit.form.text('tugas');
  return orShowAgain(
    async () => {
      await runTask(visit.tools, visit.actor, RUNNABLE.has(task) ? task : '');
      return redirect('/salinan-luar', 'tugas-diminta');
    },
    () => showOffsite(visit),
  );
}
