import { ROLES, type Role, requireMay } from '../domain/access.ts';
import { Invalid } from '../domain/errors.ts';
import type { User } from '../domain/ports-records.ts';
import { resetSecondFactor } from '../workflows/commands/second-factor.ts';
import { endSession, endSessions, sessionsOf } from '../workflows/commands/sign-outs.ts';
import { createUser, type GivenPassword, resetPassword } from '../workflows/commands/users.ts';
import { changeUser, requireUser } from '../workflows/commands/users-change.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { orShowAgain, redirect } from './notices.ts';
import { badge, buttonForm, crumb, csrfField, option, pageHead } from './parts.ts';
import { type Look, moment, ROLE_NAMES } from './present.ts';
import { sessionList } from './session-list.ts';
import type { Answer, Visit } from './visit.ts';

const ROLE_HINTS: Readonly<Record<Role, string>> = {
  superadmin: 'semuanya, termasuk pengguna dan jejak audit',
  kabupaten: 'mendaftarkan, memasang, memperbarui, menghapus',
  operator: 'memasang, memperbarui, memulihkan, mengulang',
  kecamatan: 'melihat wilayahnya, mengulang pekerjaan',
  pembaca: 'hanya melihat',
};

/** Pengguna & peran: who may sign in, and what they may do where. */
export async function showUsers(visit: Visit): Promise<Answer> {
  requireMay(visit.actor, 'manage-users', null);
  const users = await visit.tools.users.list();
  const { form } = visit;
  const body = html`
    ${pageHead({ title: 'Pengguna & peran', lead: 'Satu akun untuk satu orang. Wilayah membatasi apa yang dilihat dan disentuh.' })}
    <div class="pd-columns">
      <div class="card pd-table-card"><table class="pd-table">
        <thead><tr><th scope="col">Pengguna</th><th scope="col">Peran</th><th scope="col">Wilayah</th><th scope="col">Dua langkah</th><th scope="col">Keadaan</th></tr></thead>
        <tbody>${users.map((user) => html`<tr><th scope="row" data-label="Pengguna"><a href="/pengguna/${user.id}">${user.username}</a><small>${user.name}</small></th><td data-label="Peran">${ROLE_NAMES[user.role]}</td><td data-label="Wilayah">${user.wilayah ?? 'Semua'}</td><td data-label="Dua langkah">${user.secondFactorAt === null ? html`<span class="pd-muted">Belum</span>` : 'Aktif'}</td><td data-label="Keadaan">${badge(lookOf(user, visit.now))}</td></tr>`)}</tbody></table></div>
      <form class="card pd-card" method="post" action="/pengguna">${csrfField(visit)}<h2 class="pd-card-title">${icon('tambah')}Pengguna baru</h2>
        <div><label class="form-label" for="username">Nama pengguna</label><input class="form-control" id="username" name="username" value="${form.text('username')}" autocomplete="off" autocapitalize="none" required></div>
        ${fields({ name: form.text('nama'), role: form.text('peran') || 'operator', wilayah: form.text('wilayah') })}
        <div><button class="btn btn-primary" type="submit">Buat pengguna</button></div></form>
    </div>`;
  return { kind: 'page', title: 'Pengguna & peran', section: 'pengguna', body };
}

/** One account. */
export async function showUser(visit: Visit): Promise<Answer> {
  requireMay(visit.actor, 'manage-users', null);
  const user = await requireUser(visit.tools, visit.params.text('id'));
  const sessions = await sessionsOf(visit.tools, visit.actor, user.id);
  const base = `/pengguna/${user.id}`;
  const body = html`
    ${pageHead({ crumbs: [crumb('/pengguna', 'Pengguna & peran')], title: user.username, lead: html`${badge(lookOf(user, visit.now))} ${user.lockedUntil !== null && user.lockedUntil > visit.now && `sampai ${moment(user.lockedUntil, visit.zone)}`}` })}
    <div class="pd-columns-even">
      <form class="card pd-card" method="post" action="${base}">${csrfField(visit)}<h2 class="pd-card-title">${icon('pengguna')}Peran dan wilayah</h2>
        ${fields({ name: user.name, role: user.role, wilayah: user.wilayah ?? '' })}
        <div class="pd-row"><input class="form-check-input" type="checkbox" id="nonaktif" name="nonaktif" value="ya"${user.disabled && html` checked`}><label for="nonaktif">Nonaktifkan: tidak dapat masuk, datanya tetap</label></div>
        <div><button class="btn btn-primary" type="submit">Simpan</button></div></form>
      <div class="pd-column">
        <section class="card pd-card"><h2 class="pd-card-title">${icon('kunci')}Cara masuk</h2>
          <div class="pd-fact"><div><b>Kata sandi</b><p class="pd-muted">Kata sandi baru berlaku untuk satu kali masuk, lalu harus diganti. Semua sesinya berakhir.</p></div>
            ${buttonForm(visit, { action: `${base}/sandi`, label: 'Atur ulang', icon: 'kunci', style: '', confirm: `Atur ulang kata sandi ${user.username}? Kata sandi lamanya tidak berlaku lagi, dan ia keluar di semua perangkat.` })}</div>
          <div class="pd-fact"><div><b>Verifikasi dua langkah</b> ${badge(user.secondFactorAt === null ? { word: 'Belum aktif', tone: 'netral', icon: 'silang' } : { word: 'Aktif', tone: 'baik', icon: 'centang' })}<p class="pd-muted">Setel ulang hanya bila telepon dan kode cadangannya hilang. Pastikan dahulu bahwa yang meminta memang orangnya.</p></div>
            ${user.secondFactorAt !== null && buttonForm(visit, { action: `${base}/dua-langkah/setel-ulang`, label: 'Setel ulang', icon: 'ulang', style: '', confirm: `Setel ulang verifikasi dua langkah ${user.username}? Sampai ia menyiapkannya lagi, kata sandi saja cukup untuk masuk. Ia keluar di semua perangkat.` })}</div>
        </section>
        <section class="card pd-card"><h2 class="pd-card-title">${icon('pengguna')}Sedang masuk di</h2>
          ${sessionList(visit, sessions, `${base}/sesi`)}
          ${sessions.length > 0 && buttonForm(visit, { action: `${base}/akhiri-sesi`, label: 'Keluarkan dari semua perangkat', icon: 'keluar', style: '', confirm: `Keluarkan ${user.username} dari semua perangkat? Pekerjaan yang sudah dimintanya berjalan terus.` })}
        </section>
      </div>
    </div>`;
  return { kind: 'page', title: user.username, section: 'pengguna', body };
}

export function addUser(visit: Visit): Promise<Answer> {
  const { tools, actor, form } = visit;
  return orShowAgain(
    async () => {
      const wanted = { username: form.text('username'), name: form.text('nama'), ...placeIn(visit) };
      return passwordPage(await createUser(tools, actor, wanted, visit.hashPassword));
    },
    () => showUsers(visit),
  );
}

export function saveUser(visit: Visit): Promise<Answer> {
  const { tools, actor, form, params } = visit;
  return orShowAgain(
    async () => {
      await changeUser(tools, actor, params.text('id'), {
        name: form.text('nama'),
        ...placeIn(visit),
        disabled: form.text('nonaktif') === 'ya',
      });
      return redirect('/pengguna', 'setelan-disimpan');
    },
    () => showUser(visit),
  );
}

export function giveNewPassword(visit: Visit): Promise<Answer> {
  return orShowAgain(
    async () => {
      const { username } = await requireUser(visit.tools, visit.params.text('id'));
      return passwordPage(await resetPassword(visit.tools, visit.actor, username, visit.hashPassword));
    },
    () => showUser(visit),
  );
}

export async function endSessionOf({ tools, actor, params }: Visit): Promise<Answer> {
  await endSession(tools, actor, params.text('id'), params.text('sesi'));
  return redirect(`/pengguna/${params.text('id')}`, 'sesi-diakhiri');
}

export function resetFactorOf(visit: Visit): Promise<Answer> {
  const id = visit.params.text('id');
  return orShowAgain(
    async () => {
      await resetSecondFactor(visit.tools, visit.actor, id);
      return redirect(`/pengguna/${id}`, 'dua-langkah-mati');
    },
    () => showUser(visit),
  );
}

export async function endSessionsOf({ tools, actor, params }: Visit): Promise<Answer> {
  await endSessions(tools, actor, params.text('id'));
  return redirect(`/pengguna/${params.text('id')}`, 'sesi-diakhiri');
}

/** Shown at once and kept nowhere. */
function passwordPage({ user, password }: GivenPassword): Answer {
  const body = html`
    ${pageHead({ crumbs: [crumb('/pengguna', 'Pengguna & peran')], title: user.username, lead: 'Sampaikan kata sandi ini kepada orangnya. Setelah halaman ini ditutup, kata sandi tidak dapat dilihat lagi.' })}
    <section class="pd-secret pd-narrow"><dl><div><dt>Nama pengguna</dt><dd><code>${user.username}</code></dd></div><div><dt>Kata sandi untuk satu kali masuk</dt><dd><code id="sandi-baru">${password.expose()}</code></dd></div></dl></section>`;
  return { kind: 'page', title: user.username, section: 'pengguna', body };
}

function fields(value: { readonly name: string; readonly role: string; readonly wilayah: string }): Html {
  return html`<div><label class="form-label" for="nama">Nama lengkap</label><input class="form-control" id="nama" name="nama" value="${value.name}" autocomplete="off"></div>
    <div><label class="form-label" for="peran">Peran</label><select class="form-select" id="peran" name="peran">${ROLES.map((role) => option(role, `${ROLE_NAMES[role]}: ${ROLE_HINTS[role]}`, value.role))}</select></div>
    <div><label class="form-label" for="wilayah">Kode wilayah</label><input class="form-control" id="wilayah" name="wilayah" value="${value.wilayah}" placeholder="kosong: semua" autocomplete="off" aria-describedby="hint-wilayah"><p class="pd-hint" id="hint-wilayah">Misalnya 52.01.14 untuk satu kecamatan.</p></div>`;
}

/** @throws Invalid for a role that is none */
function placeIn({ form }: Visit): { role: Role; wilayah: string | null } {
  const role = ROLES.find((one) => one === form.text('peran'));
  if (role === undefined) throw new Invalid('peran-mana', 'Pilih perannya.', { field: 'role' });
  return { role, wilayah: form.text('wilayah') || null };
}

function lookOf({ disabled, lockedUntil, mustChangePassword }: User, now: Date): Look {
  if (disabled) return { word: 'Nonaktif', tone: 'netral', icon: 'silang' };
  if (lockedUntil !== null && lockedUntil > now) return { word: 'Terkunci', tone: 'awas', icon: 'kunci' };
  return mustChangePassword ? { word: 'Belum ganti sandi', tone: 'awas', icon: 'jam' } : { word: 'Aktif', tone: 'baik', icon: 'centang' };
}
