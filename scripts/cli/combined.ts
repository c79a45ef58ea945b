import { registrationView } from '../../src/api/combined-views.ts';
import type { Actor } from '../../src/domain/access.ts';
import { Invalid } from '../../src/domain/errors.ts';
import type { Toolbox } from '../../src/domain/ports.ts';
import { parseKodeDesa, repeatsKode } from '../../src/domain/wilayah.ts';
import { count } from '../../src/ui/present.ts';
import { chooseCombinedApp, listRegistrations, type RegistrationRow } from '../../src/workflows/combined-overview.ts';
import { requestProof, requestRepair, type SliceRequest } from '../../src/workflows/commands/combined.ts';
import { requestAttach, requestDetach, requestRegistration, requestUnregistration } from '../../src/workflows/commands/slices.ts';
import { READERS } from './combined-readers.ts';
import { SUMMARY } from './combined-summary.ts';
import { failureText } from './failure.ts';
import type { Input } from './input.ts';
import type { Session } from './session.ts';
import { table } from './table.ts';
import type { ExitCode, Subject, Verb } from './verb.ts';
import { when } from './words.ts';

const APP = ['--aplikasi <nama>', 'basis data gabungan aplikasi ini (bawaan: yang dipakai)'] as const;
const STATES: Readonly<Record<RegistrationRow['state'], string>> = {
  none: 'tidak terdaftar',
  registering: 'sedang didaftarkan',
  registered: 'terdaftar',
  detached: 'dilepas',
  stale: 'perlu diperbaiki',
};
/** More changes than this on their way are not counted. */
const MOST_CHANGES = 20_000;

const status: Verb = {
  name: 'status',
  aliases: [],
  summary: 'tempat setiap desa: keadaan, banyaknya baris, umur bukti, yang masih di jalan',
  args: [['[kode]', 'hanya desa ini, atau desa di kecamatan ini']],
  options: [APP],
  async run({ tools, actor, output, config }, input) {
    const app = input.optional('aplikasi') ?? undefined;
    const chosen = await chooseCombinedApp(tools, app);
    const slices = await listRegistrations(tools, actor, { app: chosen.name, wilayah: input.optional('kode') ?? undefined });
    const rows = await tools.combined.countByDesa(chosen.combined);
    const changes = (await tools.combined.outbox.changes({ limit: MOST_CHANGES })) ?? [];
    const waiting = Map.groupBy(changes, ({ installationId }) => installationId);
    const now = tools.clock.now();
    const list = slices.map((slice) => ({
      ...registrationView(slice, now),
      rows: rows.get(slice.configId) ?? 0,
      waiting: waiting.get(slice.installationId)?.length ?? 0,
    }));
    output.answer({ app: chosen.name, rows: list }, () => {
      if (list.length === 0) return 'Belum ada desa di basis data gabungan.';
      const columns = [
        ...[{ title: 'Desa' }, { title: 'Nama', flexible: true as const }, { title: 'No.', align: 'right' as const }],
        ...[{ title: 'Keadaan' }, { title: 'Baris', align: 'right' as const }, { title: 'Terbukti' }],
        ...[
          { title: 'Di jalan', align: 'right' as const },
          { title: 'Temuan', flexible: true as const },
        ],
      ];
      const cells = slices.map((slice, at) => [
        ...[slice.kode, slice.nama, String(slice.configId), STATES[slice.state], count(list[at]?.rows ?? 0)],
        ...[when(slice.provenAt, config), count(list[at]?.waiting ?? 0), slice.finding ?? ''],
      ]);
      return table(columns, cells, output.width);
    });
    return 0;
  },
};

type Ask = (tools: Toolbox, actor: Actor, request: SliceRequest) => Promise<number>;

/** One thing asked of one desa, of some, or of all that are there. */
function verb(name: string, alias: string, summary: string, said: string, ask: Ask): Verb {
  return {
    name,
    aliases: [alias],
    summary,
    args: [['[kode...]', 'kode desa']],
    options: [
      ['--semua', 'semua desa'],
      APP,
      ...(name === 'hapus' ? [['--ya <kode>', 'kode desa sekali lagi, untuk membenarkan'] as const] : []),
    ],
    examples: [`gabungan ${name} 52.01.14.2001`],
    async run(session, input) {
      const { tools, actor, output } = session;
      const app = input.optional('aplikasi') ?? undefined;
      const kodes = await meant(session, input, name, app);
      if (name === 'hapus') requireConfirmed(input, kodes);
      let code: ExitCode = 0;
      for (const kode of kodes) {
        try {
          const slices = await ask(tools, actor, { kode, app });
          output.line({ kode, slices }, `${kode}: ${said}`);
        } catch (error) {
          if (kodes.length === 1) throw error;
          // One desa that cannot be does not hold up the others.
          code = 1;
          output.fail(`${kode}: ${failureText(error)}`);
        }
      }
      return code;
    },
  };
}

async function meant({ tools, actor }: Session, input: Input, name: string, app: string | undefined): Promise<readonly string[]> {
  const kodes = input.values('kode');
  if (input.flag('semua') === kodes.length > 0) {
    throw new Invalid('desa-mana', 'Sebutkan kode desa, atau --semua.', { field: 'kode' });
  }
  if (kodes.length > 0) return kodes;
  if (name === 'hapus') throw new Invalid('desa-mana', 'Mengeluarkan semua desa sekaligus tidak dapat diminta.', { field: 'kode' });
  if (name !== 'daftar') return [...new Set((await listRegistrations(tools, actor, { app })).map(({ kode }) => kode))];
  const chosen = await chooseCombinedApp(tools, app);
  return (await tools.tenants.list({ limit: 1_000, app: chosen.name, state: 'active' })).rows.map(({ kode }) => kode);
}

function requireConfirmed(input: Input, kodes: readonly string[]): void {
  const [kode, ...others] = kodes;
  if (kode !== undefined && others.length === 0 && repeatsKode(input.optional('ya') ?? '', parseKodeDesa(kode))) return;
  throw new Invalid('konfirmasi-kurang', `Untuk membenarkan, sebutkan satu desa dan tambahkan --ya ${kode ?? '<kode>'}.`, {
    field: 'confirm',
    advice: 'Hanya salinannya di basis data gabungan yang dihapus; data desa tidak disentuh.',
  });
}

export const COMBINED: Subject = {
  name: 'gabungan',
  aliases: ['combined'],
  summary: 'basis data gabungan semua desa',
  verbs: [
    status,
    SUMMARY,
    verb('daftar', 'register', 'memasukkan desa ke basis data gabungan', 'didaftarkan; disalin dalam beberapa detik.', requestRegistration),
    verb('lepas', 'detach', 'tidak memperbarui salinan desa untuk sementara', 'dilepas; salinannya tetap seperti sekarang.', requestDetach),
    verb('sambung', 'attach', 'memperbarui salinan desa lagi', 'disambung; dibuktikan dalam beberapa detik.', requestAttach),
    verb('periksa', 'prove', 'membandingkan kedua sisi sekarang', 'akan dibandingkan dalam beberapa detik.', requestProof),
    verb('perbaiki', 'repair', 'membuat ulang pemicu dan salinan desa', 'akan diperbaiki dalam beberapa detik.', requestRepair),
    verb(
      'hapus',
      'unregister',
      'mengeluarkan salinan desa; desanya tidak disentuh',
      'dikeluarkan dari basis data gabungan.',
      requestUnregistration,
    ),
    READERS,
  ],
};
