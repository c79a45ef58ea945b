import { endSession, endSessions, sessionsOf } from '../workflows/commands/sign-outs.ts';
import { requireUser } from '../workflows/commands/users-change.ts';
import { html } from './html.ts';
import { icon } from './icons.ts';
import { redirect } from './notices.ts';
import { badge, buttonForm, pageHead } from './parts.ts';
import { moment, ROLE_NAMES } from './present.ts';
import { sessionList } from './session-list.ts';
import type { Answer, Visit } from './visit.ts';

/** Akun saya: who one is here, how one signs in, and where one is signed in. */
export async function showAccount(visit: Visit): Promise<Answer> {
  const { tools, actor, zone } = visit;
  const [user, sessions] = await Promise.all([requireUser(tools, actor.id), sessionsOf(tools, actor, actor.id)]);
  const place = actor.wilayah === null ? 'semua wilayah' : `wilayah ${actor.wilayah}`;
  const body = html`
    ${pageHead({ title: 'Akun saya', lead: `${user.name} · ${ROLE_NAMES[actor.role]}, ${place}` })}
    <div class="pd-columns-even">
      <section class="card pd-card"><h2 class="pd-card-title">${icon('kunci')}Cara masuk</h2>
        <div class="pd-fact"><div><b>Kata sandi</b><p class="pd-muted">Mengganti kata sandi mengeluarkan semua perangkat lain.</p></div><a class="btn" href="/ganti-sandi">Ganti</a></div>
        <div class="pd-fact"><div><b>Verifikasi dua langkah</b> ${user.secondFactorAt === null ? badge({ word: 'Belum aktif', tone: 'awas', icon: 'awas' }) : badge({ word: 'Aktif', tone: 'baik', icon: 'centang' })}
          <p class="pd-muted">${user.secondFactorAt === null ? 'Selain kata sandi, diminta kode dari telepon Anda. Kata sandi yang bocor saja tidak cukup untuk masuk.' : `Aktif sejak ${moment(user.secondFactorAt, zone)}.`}</p></div><a class="btn${user.secondFactorAt === null && ' btn-primary'}" href="/akun/dua-langkah">${user.secondFactorAt === null ? 'Aktifkan' : 'Kelola'}</a></div>
      </section>
      <section class="card pd-card"><h2 class="pd-card-title">${icon('pengguna')}Sedang masuk di</h2>
        ${sessionList(visit, sessions, '/akun/sesi')}
        ${buttonForm(visit, { action: '/akun/keluar-semua', label: 'Keluar di semua perangkat', icon: 'keluar', style: '', confirm: 'Keluar di semua perangkat, juga di sini? Anda perlu masuk lagi.' })}
      </section>
    </div>`;
  return { kind: 'page', title: 'Akun saya', section: 'akun', body };
}

export async function endOwnSession({ tools, actor, params }: Visit): Promise<Answer> {
  await endSession(tools, actor, actor.id, params.text('sesi'));
  return redirect('/akun', 'sesi-diakhiri');
}

/** Keluar di semua perangkat. */
export async function endOwnSessions({ tools, actor }: Visit): Promise<Answer> {
  await endSessions(tools, actor, actor.id);
  return redirect('/masuk');
}
