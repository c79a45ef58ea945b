import { may } from '../domain/access.ts';
import { CHANNELS, type Channel, type ChannelSettings, type Notice } from '../domain/notice.ts';
import { Secret } from '../domain/secret.ts';
import { type ChannelRequest, dropChannel, listNotices, setChannel, tryChannel } from '../workflows/commands/notices.ts';
import { type Html, html } from './html.ts';
import { orShowAgain, redirect } from './notices.ts';
import { badge, buttonForm, crumb, csrfField, pageHead, when } from './parts.ts';
import type { Look } from './present.ts';
import type { Answer, Visit } from './visit.ts';

const TITLES: Readonly<Record<Channel, string>> = { email: 'Surel', telegram: 'Telegram', webhook: 'Webhook' };
const ABOUT: Readonly<Record<Channel, string>> = {
  email: 'Kepada beberapa orang, lewat server surel kabupaten atau instansi.',
  telegram: 'Ke satu obrolan atau saluran, lewat bot milik Anda.',
  webhook: 'Ke program Anda sendiri: JSON bertanda tangan, misalnya untuk WhatsApp atau papan pantau.',
};
const LOOKS: Readonly<Record<Notice['state'], Look>> = {
  waiting: { word: 'Menunggu', tone: 'jalan', icon: 'jam' },
  sent: { word: 'Terkirim', tone: 'baik', icon: 'centang' },
  'given-up': { word: 'Tidak terkirim', tone: 'buruk', icon: 'awas' },
};

/** Pemberitahuan: how people are told when they are not looking, and what was told. */
export async function showNotices(visit: Visit): Promise<Answer> {
  const { tools, actor } = visit;
  const [channels, sent] = await Promise.all([tools.notices.channels(), listNotices(tools, actor, 30)]);
  const settingsOf = (channel: Channel): ChannelSettings | null =>
    channels.find(({ settings }) => settings.channel === channel)?.settings ?? null;
  const body = html`
    ${pageHead({ crumbs: [crumb('/jadwal', 'Jadwal')], title: 'Pemberitahuan', lead: 'Sebelum dan sesudah pembaruan bulanan, dan bila ada yang perlu tindakan: pekerjaan macet, uji cadangan gagal, salinan luar terlambat.' })}
    <div class="pd-stack">${may(actor, 'configure', null) && html`<div class="pd-channels">${CHANNELS.map((channel) => card(visit, channel, settingsOf(channel)))}</div>`}
    <section class="card pd-card"><h2 class="pd-card-title">Yang terakhir</h2>${sent.length === 0 && html`<p class="pd-muted">Belum ada yang diberitahukan. Aktifkan satu saluran, lalu tekan Kirim percobaan: hasilnya muncul di sini.</p>`}
      <ul class="pd-mini-list">${sent.map((one) => line(visit, one))}</ul></section></div>`;
  return { kind: 'page', title: 'Pemberitahuan', section: 'jadwal', body };
}

function line(visit: Visit, { channel, title, state, createdAt, attempts, failure, nextAt }: Notice): Html {
  const again =
    state === 'waiting' &&
    failure !== null &&
    html` · dicoba lagi ${nextAt <= visit.now ? 'sekarang' : `dalam ${Math.ceil((nextAt.getTime() - visit.now.getTime()) / 60_000)} menit`}`;
  return html`<li><span>${badge(LOOKS[state])} ${title}</span><small>${TITLES[channel]} · ${when(createdAt, visit)}${failure !== null && html` · ${attempts} kali gagal: ${failure}`}${again}</small></li>`;
}

function card(visit: Visit, channel: Channel, settings: ChannelSettings | null): Html {
  const state: Look =
    settings === null ? { word: 'mati', tone: 'netral', icon: 'silang' } : { word: 'aktif', tone: 'baik', icon: 'centang' };
  const action = `/pemberitahuan/${channel}`;
  return html`<section class="card pd-card"><h2 class="pd-card-title">${TITLES[channel]} ${badge(state)}</h2>
    <p class="pd-muted">${ABOUT[channel]}</p>
    <details class="pd-fold"><summary>Atur…</summary><form class="pd-fold-body" method="post" action="${action}">${csrfField(visit)}
      ${fieldsOf(channel, settings)}<button class="btn btn-primary" type="submit">Simpan</button></form></details>
    ${settings !== null && html`<div class="pd-row">${buttonForm(visit, { action: `${action}/coba`, label: 'Kirim percobaan', icon: 'lanjut', style: '' })}${buttonForm(visit, { action: `${action}/matikan`, label: 'Matikan', icon: 'silang', style: '' })}</div>`}
  </section>`;
}

function fieldsOf(channel: Channel, settings: ChannelSettings | null): Html {
  const field = (name: string, label: string, value: string, hint = ''): Html =>
    html`<div class="pd-field"><label class="form-label" for="${channel}-${name}">${label}</label><input class="form-control" id="${channel}-${name}" name="${name}" value="${value}" autocomplete="off" spellcheck="false">${hint !== '' && html`<p class="pd-hint">${hint}</p>`}</div>`;
  const secret = (label: string): Html =>
    html`<div class="pd-field"><label class="form-label" for="${channel}-rahasia">${label}</label><input class="form-control" type="password" id="${channel}-rahasia" name="rahasia" autocomplete="off">${settings !== null && html`<p class="pd-hint">Kosongkan untuk memakai yang tersimpan.</p>`}</div>`;
  switch (channel) {
    case 'email': {
      const now = settings?.channel === 'email' ? settings : null;
      const server = now === null ? '' : `${now.host}:${now.port}`;
      return html`${field('server', 'Server', server, 'smtp.kab.go.id:587')}${field('dari', 'Dari', now?.from ?? '')}${field('kepada', 'Kepada', now?.to.join(', ') ?? '', 'Beberapa alamat dipisahkan koma.')}${field('pengguna', 'Nama akun', now?.username ?? '', 'Kosong: tanpa masuk.')}${secret('Kata sandi akun')}
        <p><input type="checkbox" id="email-tls" name="tls" value="ya"${now?.tls === true && html` checked`}> <label for="email-tls">TLS sejak awal (port 465)</label></p>`;
    }
    case 'telegram':
      return html`${field('obrolan', 'Nomor obrolan', settings?.channel === 'telegram' ? settings.chat : '', 'Angka, atau @nama_saluran.')}${secret('Token bot')}`;
    case 'webhook':
      return html`${field('alamat', 'Alamat', settings?.channel === 'webhook' ? settings.url : '', 'Dipanggil dengan POST dan tanda tangan di kepala pendopo-signature.')}${secret('Kunci tanda tangan')}`;
    default:
      return channel satisfies never;
  }
}

function requestOf({ form }: Visit, channel: Channel): ChannelRequest {
  const secret = form.raw('rahasia') === '' ? null : new Secret(form.raw('rahasia'));
  switch (channel) {
    case 'email':
      return {
        ...{ channel, server: form.text('server'), from: form.text('dari'), to: form.text('kepada'), username: form.text('pengguna') },
        ...{ tls: form.text('tls') === 'ya', secret },
      };
    case 'telegram':
      return { channel, chat: form.text('obrolan'), secret };
    case 'webhook':
      return { channel, url: form.text('alamat'), secret };
    default:
      return channel satisfies never;
  }
}

type Act = (visit: Visit, channel: Channel) => Promise<void>;
const acting =
  (channel: Channel, act: Act, message: 'setelan-disimpan' | 'tugas-diminta') =>
  (visit: Visit): Promise<Answer> =>
    orShowAgain(
      async () => {
        await act(visit, channel);
        return redirect('/pemberitahuan', message);
      },
      () => showNotices(visit),
    );

/** Forms of every channel. */
export const NOTICE_FORMS = CHANNELS.flatMap(
  (channel) =>
    [
      [
        `/pemberitahuan/${channel}`,
        acting(channel, (visit) => setChannel(visit.tools, visit.actor, requestOf(visit, channel)), 'setelan-disimpan'),
      ],
      [`/pemberitahuan/${channel}/coba`, acting(channel, ({ tools, actor }) => tryChannel(tools, actor, channel), 'tugas-diminta')],
      [`/pemberitahuan/${channel}/matikan`, acting(channel, ({ tools, actor }) => dropChannel(tools, actor, channel), 'setelan-disimpan')],
    ] as const,
);
