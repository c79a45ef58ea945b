import { FULL_GRANT } from '../domain/combined.ts';
import type { Reader } from '../domain/reader.ts';
import { chooseCombinedApp } from '../workflows/combined-overview.ts';
import { listReaders } from '../workflows/commands/readers.ts';
import { type Html, html } from './html.ts';
import { buttonForm, csrfField, option, when } from './parts.ts';
import type { Visit } from './visit.ts';

/** Accounts that read the combined database, and a form for a new one. */
export async function readersCard(visit: Visit): Promise<Html> {
  const readers = await listReaders(visit.tools, visit.actor);
  const { grants } = (await chooseCombinedApp(visit.tools, undefined)).combined;
  const value = (name: string): string => visit.form.text(name);
  return html`<section class="card pd-card" aria-labelledby="akun-baca"><h2 class="pd-card-title" id="akun-baca">Akun baca</h2>
    <p class="pd-muted">Untuk OpenKab (lewat API-Database-Gabungan) dan analis: hanya membaca database gabungan, tidak dapat menulis, dan tidak melihat database desa.</p>
    ${readers.length > 0 && html`<ul class="pd-mini-list">${readers.map((reader) => line(visit, reader))}</ul>`}
    <form class="pd-row" method="post" action="/gabungan/akun">${csrfField(visit)}
      <div class="pd-field"><label class="form-label" for="nama">Nama</label><input class="form-control" id="nama" name="nama" maxlength="30" placeholder="openkab" autocomplete="off" spellcheck="false" value="${value('nama')}" required></div>
      <div class="pd-field"><label class="form-label" for="keperluan">Keperluan</label><input class="form-control" id="keperluan" name="keperluan" maxlength="200" value="${value('keperluan')}" required></div>
      <div class="pd-field"><label class="form-label" for="hak">Yang dapat dibaca</label><select class="form-select" id="hak" name="hak">${option(FULL_GRANT, 'Semua tabel', value('hak'))}${Object.entries(grants).map(([name, { title }]) => option(name, title, value('hak')))}</select></div>
      <button class="btn btn-primary" type="submit">Buat akun baca</button></form></section>`;
}

function line(visit: Visit, { name, purpose, grants, account, createdBy, createdAt, rotatedAt }: Reader): Html {
  const base = `/gabungan/akun/${name}`;
  return html`<li><span><b>${name}</b> · ${purpose} · ${grants}<small class="pd-kode"> ${account}</small><br><small>dibuat ${createdBy} ${when(createdAt, visit)}${rotatedAt !== null && html`, sandi diganti ${when(rotatedAt, visit)}`}</small></span>
    <span class="pd-row">${buttonForm(visit, { action: `${base}/sandi`, label: 'Ganti sandi', icon: 'kunci', style: 'btn-sm', confirm: `Ganti kata sandi ${name}? Yang memakainya sekarang langsung terputus.` })}${buttonForm(visit, { action: `${base}/cabut`, label: 'Cabut', icon: 'hapus', style: 'btn-sm btn-danger-soft', confirm: `Cabut akun baca ${name}? Yang memakainya langsung terputus.` })}</span></li>`;
}
