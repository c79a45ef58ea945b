import { createInterface } from 'node:readline';
import { isLate, repositoryOf } from '../../src/domain/offsite.ts';
import { Secret } from '../../src/domain/secret.ts';
import { configureOffsite, dropOffsite } from '../../src/workflows/commands/offsite.ts';
import { runTask } from '../../src/workflows/commands/rollouts.ts';
import { commandName } from './output.ts';
import { pairs } from './table.ts';
import type { Subject, Verb } from './verb.ts';
import { when } from './words.ts';

const show: Verb = {
  name: 'lihat',
  aliases: ['show'],
  summary: 'ke mana cadangan disalin, dan umur salinan terakhir',
  async run({ tools, config, output }) {
    const found = await tools.offsites.find();
    const late = found !== null && isLate(found, tools.clock.now());
    const publicKey = await tools.offsiteStore.publicKey();
    const place = found === null ? null : repositoryOf(found.place);
    const { copiedAt = null, checkedAt = null, failure = null } = found ?? {};
    output.answer({ place, copiedAt, checkedAt, failure, late, publicKey }, () =>
      pairs([
        ['Tempat', place ?? 'belum diatur: cadangan hanya ada di server ini'],
        ['Salinan terakhir', `${when(copiedAt, config)}${late ? ' (terlambat)' : ''}`],
        ['Terakhir diperiksa', when(checkedAt, config)],
        ['Kegagalan', failure ?? '–'],
        ['Kunci SSH', publicKey],
      ]),
    );
    return 0;
  },
};

const configure: Verb = {
  name: 'atur',
  aliases: ['set'],
  summary: 'menyalin cadangan ke suatu tempat setiap malam',
  args: [['<tempat>', '/folder, sftp://pengguna@server/folder atau s3:https://server/wadah']],
  options: [
    ['--sandi-dari-masukan', 'kata sandi di baris pertama masukan baku; tanpanya dibuatkan'],
    ['--kunci-akses <id>', 'S3; kunci rahasianya di baris terakhir masukan baku'],
  ],
  examples: ['salinan-luar atur /mnt/cadangan', 'salinan-luar atur sftp://pendopo@cadangan.kab.go.id/pendopo --sandi-dari-masukan'],
  async run({ tools, actor, output }, input) {
    const accessKeyId = input.optional('kunci-akses');
    const lines = input.flag('sandi-dari-masukan') || accessKeyId !== null ? await linesOfInput() : [];
    const made = await configureOffsite(tools, actor, {
      place: input.value('tempat'),
      password: input.flag('sandi-dari-masukan') ? new Secret(lines[0] ?? '') : null,
      secretKey: accessKeyId === null ? null : new Secret(lines.at(-1) ?? ''),
      accessKeyId: accessKeyId ?? '',
    });
    output.answer({ password: made?.expose() ?? null }, () =>
      made === null
        ? 'Diatur. Salinan pertama dibuat nanti malam.'
        : `Diatur. Kata sandi salinan (hanya tampil sekali; simpan di luar server): ${made.expose()}`,
    );
    return 0;
  },
};

const stop: Verb = {
  name: 'hentikan',
  aliases: ['drop'],
  summary: 'tidak menyalin lagi; yang sudah disalin tetap',
  async run({ tools, actor, output }) {
    await dropOffsite(tools, actor);
    output.answer({ ok: true }, () => 'Cadangan tidak disalin lagi.');
    return 0;
  },
};

const now = (name: string, alias: string, summary: string, task: string): Verb => ({
  name,
  aliases: [alias],
  summary,
  async run({ tools, actor, output }) {
    await runTask(tools, actor, task);
    output.answer({ ok: true }, () => `Dimulai. Hasilnya: ${commandName()} salinan-luar lihat`);
    return 0;
  },
});

export const OFFSITE: Subject = {
  name: 'salinan-luar',
  aliases: ['offsite'],
  summary: 'salinan semua cadangan di luar server',
  verbs: [
    ...[show, configure, stop],
    now('jalankan', 'run', 'menyalin sekarang', 'salin-luar'),
    now('periksa', 'check', 'memeriksa apakah salinan masih terbaca', 'periksa-luar'),
  ],
};

async function linesOfInput(): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: process.stdin })) lines.push(line);
  return lines;
}
