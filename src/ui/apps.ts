import { may } from '../domain/access.ts';
import type { AppManifest } from '../domain/manifest.ts';
import { SCOPES } from '../domain/wilayah.ts';
import { offerOf, sampleMark, untestedMark } from './app-choice.ts';
import { type Listed, listApps } from './catalogue.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { emptyState, pageHead } from './parts.ts';
import { count, monogram, withoutCredentials } from './present.ts';
import type { Answer, Visit } from './visit.ts';

const OWNERS: Readonly<Record<AppManifest['scope'], string>> = {
  desa: 'Setiap desa',
  kecamatan: 'Setiap kecamatan',
  kabupaten: 'Kabupaten',
};
const SHOWN_RELEASES = 6;

/** Aplikasi: what can be installed here. */
export async function showApps(visit: Visit): Promise<Answer> {
  const listed = listApps(visit.tools.apps);
  const cards = await Promise.all(
    listed.map((one) => (one.entry === null ? faultyCard(one) : appCard(visit, one.entry.manifest, one.entry.repo))),
  );
  const body = html`
    ${pageHead({ title: 'Aplikasi', lead: 'Aplikasi yang dapat dipasang di desa, di kecamatan, dan di kabupaten. Setiap aplikasi dijelaskan oleh satu berkas manifes.' })}
    ${cards.length === 0 ? emptyState('aplikasi', 'Katalog masih kosong', html`<p>Tambahkan folder manifes aplikasi di <code>templates/apps</code>, lalu jalankan ulang server.</p>`) : html`<div class="pd-catalogue">${cards}</div>`}`;
  return { kind: 'page', title: 'Aplikasi', section: 'aplikasi', body };
}

async function appCard(visit: Visit, manifest: AppManifest, repo: string): Promise<Html> {
  const { tools, actor } = visit;
  const [{ releases }, active] = await Promise.all([
    offerOf(tools, manifest),
    tools.tenants.count({ within: actor.wilayah, app: manifest.name, state: 'active', scopes: SCOPES }),
  ]);
  const facts: readonly (readonly [string, string | Html])[] = [
    ['Terpasang di', html`<b>${count(active)} ${manifest.scope}</b>`],
    ['Untuk', OWNERS[manifest.scope]],
    ['Dibuka di', html`<code>${manifest.mount}</code>`],
    ['Basis data', manifest.database === null ? 'Tidak perlu' : `Satu untuk setiap ${manifest.scope}`],
    ['Batas memori', `${count(manifest.limits.memoryMb)} MB`],
    ['Jaringan keluar', manifest.egress === 'none' ? 'Tertutup' : 'Boleh ke internet'],
  ];
  return html`<section class="card pd-card pd-app-card" aria-labelledby="app-${manifest.name}">
    <header><span class="pd-app-icon" aria-hidden="true">${monogram(manifest.title)}</span><div><h2 id="app-${manifest.name}">${manifest.title}${sampleMark(manifest)}${untestedMark(manifest)}</h2><p class="pd-muted">${manifest.description}</p></div></header>
    <dl class="pd-list-facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
    <div><h3 class="pd-small-title">Rilis yang dikenal</h3>${releases.length === 0 ? html`<p class="pd-muted">Belum ada; daftar rilis diambil saat pemasangan pertama.</p>` : html`<p class="pd-tags">${releases.slice(0, SHOWN_RELEASES).map(({ version }, index) => html`<span class="pd-tag">${version}${index === 0 && html`<small>terbaru</small>`}</span>`)}${releases.length > SHOWN_RELEASES && html`<span class="pd-muted">dan ${count(releases.length - SHOWN_RELEASES)} lainnya</span>`}</p>`}</div>
    ${may(actor, 'install', actor.wilayah) && html`<p class="pd-muted pd-source">Sumber: <code>${repo === 'bundled:' ? 'bawaan Pendopo' : withoutCredentials(repo)}</code></p>`}
  </section>`;
}

async function faultyCard({ name, fault }: Listed): Promise<Html> {
  return html`<section class="card pd-card pd-app-card pd-faulty"><header><span class="pd-app-icon">${icon('awas')}</span><div><h2>${name}</h2><p>Manifesnya belum benar, jadi aplikasi ini tidak dapat dipasang.</p></div></header><p class="pd-muted">${fault?.message}</p></section>`;
}
