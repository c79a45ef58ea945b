import { ROLES, requireMay } from '../domain/access.ts';
import { requireSecondFactorOf, rolesWithSecondFactor } from '../workflows/commands/second-factor.ts';
import { type Html, html } from './html.ts';
import { type IconName, icon } from './icons.ts';
import { orShowAgain, redirect } from './notices.ts';
import { csrfField, pageHead } from './parts.ts';
import { count, ROLE_NAMES, zoneName } from './present.ts';
import type { Answer, Page, Visit } from './visit.ts';

/** What has a page of its own, told from here as well: people look for it under this word. */
const ELSEWHERE: readonly { readonly href: string; readonly icon: IconName; readonly label: string; readonly about: string }[] = [
  { href: '/jadwal', icon: 'kalender', label: 'Jadwal', about: 'Kapan pembaruan, cadangan, dan pemeriksaan berjalan.' },
  { href: '/pemberitahuan', icon: 'info', label: 'Pemberitahuan', about: 'E-mail, Telegram, atau webhook bila ada yang perlu perhatian.' },
  { href: '/salinan-luar', icon: 'cadangan', label: 'Salinan luar', about: 'Tempat menyimpan cadangan di luar server ini.' },
  { href: '/sertifikat', icon: 'kunci', label: 'Sertifikat', about: 'Sertifikat HTTPS untuk domain desa.' },
  { href: '/rilis', icon: 'rilis', label: 'Rilis', about: 'Rilis yang ditahan, dan desa yang versinya dikunci.' },
];

/** Pengaturan: what holds for everybody. */
export async function showPolicies(visit: Visit): Promise<Page> {
  requireMay(visit.actor, 'manage-users', null);
  const { tools } = visit;
  const [roles, users] = await Promise.all([rolesWithSecondFactor(tools), tools.users.list()]);
  const { facts } = tools;
  const without = (role: string): number =>
    users.filter((user) => user.role === role && !user.disabled && user.secondFactorAt === null).length;
  const body = html`
    ${pageHead({ title: 'Pengaturan', lead: 'Yang berlaku untuk semua orang dan semua desa.' })}
    <div class="pd-columns-even">
      <form class="card pd-card" method="post" action="/pengaturan/dua-langkah" data-konfirmasi="Simpan kebijakan ini? Pengguna berperan itu yang belum memakai verifikasi dua langkah hanya melihat halaman untuk menyiapkannya, sampai selesai.">${csrfField(visit)}<h2 class="pd-card-title">${icon('kunci')}Verifikasi dua langkah</h2>
        <p>Wajib untuk peran ini, selain kata sandi:</p>
        <fieldset class="pd-checks"><legend class="visually-hidden">Wajib untuk peran</legend>${ROLES.map((role) => html`<div class="pd-row"><input class="form-check-input" type="checkbox" id="peran-${role}" name="peran" value="${role}"${roles.includes(role) && html` checked`}><label for="peran-${role}">${ROLE_NAMES[role]}${without(role) > 0 && html` <span class="pd-muted">· ${count(without(role))} pengguna belum memakainya</span>`}</label></div>`)}</fieldset>
        <div><button class="btn btn-primary" type="submit">Simpan</button></div></form>
      <section class="card pd-card"><h2 class="pd-card-title">${icon('setelan')}Diatur di halamannya</h2>
        <ul class="pd-links">${ELSEWHERE.map((one) => html`<li><a href="${one.href}">${icon(one.icon)}${one.label}</a><span class="pd-muted">${one.about}</span></li>`)}</ul></section>
      <section class="card pd-card"><h2 class="pd-card-title">${icon('info')}Tempat ini</h2>
        <p class="pd-muted">Ditetapkan saat server dipasang; pengelola server mengubahnya di berkas lingkungan (lihat OPERATIONS.md).</p>
        <dl class="pd-list-facts">${fact('Nama pemasangan', facts.instance)}${fact('Alamat desa tanpa domain sendiri', `*.${facts.baseDomain}`)}${fact('Alamat server', facts.publicHost)}${fact('Zona waktu', `${zoneName(visit.zone)} (${visit.zone})`)}</dl></section>
    </div>`;
  return { kind: 'page', title: 'Pengaturan', section: 'pengaturan', body };
}

export function changePolicy(visit: Visit): Promise<Answer> {
  return orShowAgain(
    async () => {
      const named = visit.form.all('peran');
      await requireSecondFactorOf(
        visit.tools,
        visit.actor,
        ROLES.filter((role) => named.includes(role)),
      );
      return redirect('/pengaturan', 'kebijakan-disimpan');
    },
    () => showPolicies(visit),
  );
}

function fact(name: string, value: string): Html {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}
