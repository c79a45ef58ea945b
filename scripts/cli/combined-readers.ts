import { Invalid } from '../../src/domain/errors.ts';
import { apiEnvironment, connectionUrl, openkabEnvironment, type ReaderConnection } from '../../src/domain/reader.ts';
import { createReader, listReaders, revokeReader, rotateReader } from '../../src/workflows/commands/readers.ts';
import { chooseWord } from './choose.ts';
import type { Input } from './input.ts';
import type { Output } from './output.ts';
import type { Session } from './session.ts';
import { pairs, table } from './table.ts';
import type { ExitCode, Verb } from './verb.ts';
import { when } from './words.ts';

type Act = (session: Session, input: Input) => Promise<ExitCode>;

const list: Act = async ({ tools, actor, output, config }) => {
  const readers = await listReaders(tools, actor);
  output.answer({ rows: readers.map(({ passwordRef: _kept, ...rest }) => rest) }, () => {
    if (readers.length === 0) return 'Belum ada akun baca.';
    const columns = [
      { title: 'Nama' },
      { title: 'Hak' },
      { title: 'Akun' },
      { title: 'Keperluan', flexible: true as const },
      { title: 'Sandi sejak' },
    ];
    const cells = readers.map((one) => [one.name, one.grants, one.account, one.purpose, when(one.rotatedAt ?? one.createdAt, config)]);
    return table(columns, cells, output.width);
  });
  return 0;
};

const create: Act = async ({ tools, actor, output }, input) => {
  const purpose = input.optional('keperluan');
  if (purpose === null) throw new Invalid('keperluan-salah', 'Sebutkan --keperluan: untuk apa akun ini.', { field: 'purpose' });
  const wish = { name: nameOf(input), purpose, app: input.optional('aplikasi') ?? undefined, grants: input.optional('hak') ?? undefined };
  tell(output, await createReader(tools, actor, wish));
  return 0;
};

const rotate: Act = async ({ tools, actor, output }, input) => {
  tell(output, await rotateReader(tools, actor, nameOf(input)));
  return 0;
};

const revoke: Act = async ({ tools, actor, output }, input) => {
  await revokeReader(tools, actor, nameOf(input));
  output.answer({ ok: true }, () => 'Akun dicabut; yang sedang memakainya terputus.');
  return 0;
};

const ACTS: Readonly<Record<string, Act>> = { daftar: list, buat: create, putar: rotate, cabut: revoke };

/** Accounts that read the combined database. */
export const READERS: Verb = {
  name: 'akun',
  aliases: ['reader'],
  summary: 'akun baca: daftar, buat, putar (kata sandi baru), cabut',
  args: [
    ['<tindakan>', Object.keys(ACTS).join(', ')],
    ['[nama]', 'nama akun baca, misalnya openkab'],
  ],
  options: [
    ['--keperluan <teks>', 'untuk apa akun ini dibuat'],
    ['--hak <nama>', 'apa yang boleh dibaca (bawaan: semua tabel)'],
    ['--aplikasi <nama>', 'basis data gabungan aplikasi ini (bawaan: yang dipakai)'],
  ],
  examples: ['gabungan akun buat openkab --keperluan "OpenKab kabupaten" --hak openkab', 'gabungan akun putar openkab'],
  run: (session, input) => chooseWord('tindakan', input.value('tindakan'), ACTS)(session, input),
};

function nameOf(input: Input): string {
  const name = input.optional('nama');
  if (name !== null) return name;
  throw new Invalid('nama-akun-salah', 'Sebutkan nama akun baca.', { field: 'name' });
}

function tell(output: Output, connection: ReaderConnection): void {
  const { host, port, socket, database, username, password } = connection;
  const [url, env] = [connectionUrl(connection), { apiDatabaseGabungan: apiEnvironment(connection), openkab: openkabEnvironment() }];
  output.answer({ host, port, socket, database, username, password: password.expose(), url, env }, () =>
    [
      pairs([
        ['Akun', username],
        ['Kata sandi', password.expose()],
        ['Basis data', database],
        ['Alamat', socket ?? `${host}:${port}`],
        ['Sambungan', url],
      ]),
      `.env API-Database-Gabungan:\n${env.apiDatabaseGabungan}`,
      `.env OpenKab:\n${env.openkab}`,
    ].join('\n\n'),
  );
  output.note('Catat sekarang: kata sandi ini tidak ditampilkan lagi. Bila hilang: gabungan akun putar.');
}
