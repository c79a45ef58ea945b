import type { CombinedManifest, Registration } from '../../src/domain/combined.ts';
import type { CombinedExport, CombinedLink, CombinedLinks } from '../../src/domain/combined-export.ts';
import type { Toolbox } from '../../src/domain/ports.ts';
import type { Reader, Readers } from '../../src/domain/reader.ts';
import type { CombinedReads, SliceFigures, Summaries, SummaryManifest } from '../../src/domain/summary.ts';
import { kecamatanOf, parseKodeTenant } from '../../src/domain/wilayah.ts';

const NONE = {
  ...{ excluded: [], harmless: [], idsWhere: [], shownWhere: [], official: {}, ids: [] },
  ...{ references: [], reserved: [], indexes: {}, grants: {} },
};
export const COMBINED: CombinedManifest = { schema: 'gabungan', identity: 'config', tables: ['config', 'penduduk'], ...NONE };
const ONLY = { column: 'status', value: 1 };
export const SUMMARY: SummaryManifest = {
  people: {
    ...{ table: 'penduduk', sex: 'sex', born: 'lahir', living: ONLY, bands: { table: 'umur', from: 'dari', to: 'sampai', only: ONLY } },
    groups: [{ name: 'agama', title: 'Agama', column: 'agama_id', labels: 'agama' }],
  },
  counts: [{ name: 'keluarga', title: 'Keluarga', table: 'keluarga' }],
};

export const FIGURES: SliceFigures = {
  ages: { 3: [2, 1, 0], 40: [10, 12, 0], 80: [0, 3, 0], '': [0, 0, 1] },
  groups: { agama: { 1: [12, 15, 0], 2: [0, 1, 0], '': [0, 0, 1] } },
  counts: { keluarga: 9 },
  programs: [{ name: '=BLT', participants: 4 }],
  doubtful: 1,
};

/** The slices of two desa in two kecamatan: one proven and counted, one stale and not counted yet. */
export function combinedIn(
  desa: readonly string[],
  now: () => Date,
  app = 'contoh',
): Pick<Toolbox, 'registrations' | 'summaries' | 'combinedReads' | 'combinedExport' | 'combinedLinks' | 'readers' | 'readerAccounts'> {
  const [first, second] = desa.map(parseKodeTenant);
  const before = (minutes: number) => new Date(now().getTime() - minutes * 60_000);
  const rows = new Map<string, Registration>();
  const put = (row: Partial<Registration> & Pick<Registration, 'installationId' | 'kode' | 'configId'>): void => {
    const rest = { app, schema: 's', finding: null, changedAt: before(9), summarisedAt: before(8), provenAt: before(7) };
    rows.set(row.installationId, { state: 'registered', ...rest, ...row });
  };
  if (first !== undefined) put({ installationId: 'PASANG1', kode: first, configId: 2 });
  if (second !== undefined)
    put({ installationId: 'PASANG9', kode: second, configId: 3, state: 'stale', finding: 'Berbeda: penduduk.', summarisedAt: null });
  const unused = async (): Promise<never> => {
    throw new Error('not in this world');
  };
  const registrations: Toolbox['registrations'] = {
    ...{ ensure: unused, leastProven: unused, noteChanged: unused, markStale: unused, forgetStale: async () => undefined },
    find: async (id) => rows.get(id) ?? null,
    list: async ({ within, app } = {}) =>
      [...rows.values()].filter((row) => row.kode.startsWith(within ?? '') && (app === undefined || row.app === app)),
    needingRepair: async () => [...rows.values()].filter(({ state }) => state === 'stale').map(({ installationId }) => installationId),
    staleTables: async () => ['penduduk'],
    async save(id, change) {
      const row = rows.get(id);
      if (row !== undefined) rows.set(id, { ...row, ...change });
    },
  };
  const summaries: Summaries = {
    ...{ due: unused, save: unused, forgetGone: unused },
    list: async ({ app, within }) =>
      [...rows.values()]
        .filter((one) => one.app === app && (within === null || one.kode.startsWith(within)))
        .map(({ installationId, kode, summarisedAt, changedAt }) => ({
          ...{
            installationId,
            kode,
            nama: `Desa ${kode.slice(-1)}`,
            kodeKecamatan: kecamatanOf(kode),
            namaKecamatan: 'Kecamatan',
            changedAt,
          },
          ...{ madeAt: summarisedAt, figures: summarisedAt === null ? null : FIGURES },
        })),
  };
  const combinedReads: CombinedReads = {
    figures: unused,
    labels: async () => new Map([['agama', new Map([['1', 'ISLAM']])]]),
    bands: async () => [{ from: 0, to: 200 }],
  };
  const combinedExport: CombinedExport = {
    tables: async () => ['config', 'penduduk'],
    async *sql() {
      yield Buffer.from('SQL');
    },
    async *rows() {
      yield ['id', 'nama'];
      yield ['20000001', '=A, "b"'];
    },
  };
  const links = new Map<string, CombinedLink>();
  const combinedLinks: CombinedLinks = {
    async create(link) {
      links.set(link.id, link);
    },
    find: async (id) => links.get(id) ?? null,
  };
  const accounts = new Map<string, Reader>();
  const readers: Readers = {
    async create(reader) {
      accounts.set(reader.name, { ...reader, createdAt: now(), rotatedAt: null });
    },
    find: async (name) => accounts.get(name) ?? null,
    list: async () => [...accounts.values()],
    async saveRotation(name, passwordRef) {
      const reader = accounts.get(name);
      if (reader !== undefined) accounts.set(name, { ...reader, passwordRef, rotatedAt: now() });
    },
    async remove(name) {
      accounts.delete(name);
    },
  };
  const readerAccounts = { ensure: async () => undefined, allow: async () => undefined, drop: async () => undefined };
  return { registrations, summaries, combinedReads, combinedExport, combinedLinks, readers, readerAccounts };
}
