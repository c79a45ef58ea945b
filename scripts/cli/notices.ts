import { createInterface } from 'node:readline';
import { CHANNELS, type Channel } from '../../src/domain/notice.ts';
import { Secret } from '../../src/domain/secret.ts';
import { type ChannelRequest, dropChannel, setChannel, tryChannel } from '../../src/workflows/commands/notices.ts';
import { chooseWord } from './choose.ts';
import { table } from './table.ts';
import type { Subject, Verb } from './verb.ts';
import { when } from './words.ts';

const WORDS: Readonly<Record<string, Channel>> = { surel: 'email', telegram: 'telegram', webhook: 'webhook' };
const STATES = { waiting: 'menunggu', sent: 'terkirim', 'given-up': 'tidak terkirim' } as const;
const CHANNEL: readonly [string, string] = ['<saluran>', 'surel, telegram atau webhook'];

const list: Verb = {
  name: 'daftar',
  aliases: ['list', 'ls'],
  summary: 'saluran yang diatur, dan yang terakhir diberitahukan',
  async run({ tools, config, output }) {
    const [channels, rows] = await Promise.all([tools.notices.channels(), tools.notices.list(30)]);
    const set = channels.map(({ settings }) => settings.channel);
    output.answer({ channels: set, rows }, () => {
      const columns = [{ title: 'Kapan' }, { title: 'Saluran' }, { title: 'Keadaan' }, { title: 'Isi', flexible: true as const }];
      const cells = rows.map((one) => [when(one.createdAt, config), one.channel, STATES[one.state], `${one.title} ${one.failure ?? ''}`]);
      return [`Saluran: ${set.join(', ') || 'belum ada'} (dari ${CHANNELS.join(', ')})`, table(columns, cells, output.width)].join('\n\n');
    });
    return 0;
  },
};

const set: Verb = {
  name: 'atur',
  aliases: ['set'],
  summary: 'mengatur satu saluran; rahasianya di baris pertama masukan baku',
  args: [CHANNEL],
  options: [
    ['--server <nama:port>', 'surel: server SMTP'],
    ['--dari <alamat>', 'surel: pengirim'],
    ['--kepada <alamat,...>', 'surel: penerima'],
    ['--pengguna <nama>', 'surel: akun untuk masuk'],
    ['--tls', 'surel: TLS sejak awal (port 465)'],
    ['--obrolan <nomor>', 'telegram: nomor obrolan atau @saluran'],
    ['--alamat <url>', 'webhook: alamat yang dipanggil'],
    ['--rahasia-tetap', 'memakai rahasia yang tersimpan'],
  ],
  examples: ['pemberitahuan atur telegram --obrolan 123456 < token.txt'],
  async run({ tools, actor, output }, input) {
    const channel = chooseWord('saluran', input.value('saluran'), WORDS);
    const needsNone = input.flag('rahasia-tetap') || (channel === 'email' && input.optional('pengguna') === null);
    const secret = needsNone ? null : await secretFromInput();
    const text = (name: string): string => input.optional(name) ?? '';
    const requests: Readonly<Record<Channel, ChannelRequest>> = {
      email: {
        ...{ channel: 'email', server: text('server'), tls: input.flag('tls'), from: text('dari'), to: text('kepada') },
        ...{ username: text('pengguna'), secret },
      },
      telegram: { channel: 'telegram', chat: text('obrolan'), secret },
      webhook: { channel: 'webhook', url: text('alamat'), secret },
    };
    await setChannel(tools, actor, requests[channel]);
    output.answer({ ok: true }, () => 'Saluran diatur.');
    return 0;
  },
};

async function secretFromInput(): Promise<Secret | null> {
  for await (const line of createInterface({ input: process.stdin })) return line === '' ? null : new Secret(line);
  return null;
}

const simple = (name: string, alias: string, summary: string, act: typeof tryChannel, said: string): Verb => ({
  name,
  aliases: [alias],
  summary,
  args: [CHANNEL],
  async run({ tools, actor, output }, input) {
    await act(tools, actor, chooseWord('saluran', input.value('saluran'), WORDS));
    output.answer({ ok: true }, () => said);
    return 0;
  },
});

export const NOTICES: Subject = {
  name: 'pemberitahuan',
  aliases: ['notice', 'notices'],
  summary: 'memberi tahu orang lewat surel, Telegram atau webhook',
  verbs: [
    ...[list, set],
    simple('coba', 'try', 'mengirim percobaan', tryChannel, 'Percobaan dikirim; hasilnya: pemberitahuan daftar.'),
    simple('matikan', 'drop', 'tidak memakai saluran ini lagi', dropChannel, 'Saluran dimatikan.'),
  ],
};
