import { tenantView } from '../../src/api/views.ts';
import type { Config } from '../../src/config.ts';
import type { Toolbox } from '../../src/domain/ports.ts';
import type { TenantFilter, TenantRow } from '../../src/domain/ports-records.ts';
import type { InstallationState } from '../../src/domain/tenant.ts';
import { type Scope, scopeOf } from '../../src/domain/wilayah.ts';
import { count, namaLengkap, whereabouts } from '../../src/ui/present.ts';
import { createTenant } from '../../src/workflows/commands/tenants.ts';
import { chooseWord, findTenant, findWilayah } from './choose.ts';
import { commandName } from './output.ts';
import { pairs, table } from './table.ts';
import type { Verb } from './verb.ts';
import { installationWord, titleOf, when } from './words.ts';

type Status = InstallationState | 'none';
const STATUSES: Readonly<Record<string, Status>> = {
  aktif: 'active',
  belum: 'none',
  dipasang: 'installing',
  ditangguhkan: 'suspended',
  dihapus: 'removing',
};
const UNSAID_STATUSES: typeof STATUSES = {
  active: 'active',
  absent: 'none',
  installing: 'installing',
  suspended: 'suspended',
  removing: 'removing',
};

const SCOPE_WORDS: Readonly<Record<Scope, Scope>> = { desa: 'desa', kecamatan: 'kecamatan', kabupaten: 'kabupaten' };
const SCOPE_TITLES: Readonly<Record<Scope, string>> = { desa: 'Desa', kecamatan: 'Kecamatan', kabupaten: 'Kabupaten' };

export const listDesa: Verb = {
  name: 'daftar',
  aliases: ['list', 'ls'],
  summary: 'daftar desa dengan aplikasinya',
  options: [
    ['--cari <teks>', 'bagian nama atau domain, atau awal kode'],
    ['--kecamatan <kode>', 'hanya desa di wilayah ini (kecamatan, kabupaten atau provinsi)'],
    ['--aplikasi <nama>', 'hanya desa yang pernah memakai aplikasi ini'],
    ['--lingkup <lingkup>', 'kecamatan atau kabupaten, bukan desa'],
    ['--status <keadaan>', 'aktif, belum, dipasang atau dihapus'],
  ],
  examples: ['desa daftar --cari suka', 'desa daftar --kecamatan 52.01.14 --status belum'],
  async run({ tools, output }, input) {
    const search = input.optional('cari');
    const region = input.optional('kecamatan');
    const app = input.optional('aplikasi');
    const status = input.optional('status');
    const scope = input.optional('lingkup');
    const state = status === null ? null : chooseWord('status', status, STATUSES, UNSAID_STATUSES);
    const found = await allTenants(tools, {
      ...(scope === null ? {} : { scopes: [chooseWord('lingkup', scope, SCOPE_WORDS)] }),
      ...(search === null ? {} : { search }),
      ...(region === null ? {} : { within: (await findWilayah(tools, region)).kode }),
      ...(app === null ? {} : { app: tools.apps.entry(app).manifest.name }),
      ...(state === null || state === 'none' ? {} : { state }),
    });
    const rows = state === 'none' ? found.filter(hasNothing) : found;
    output.answer({ rows: rows.map(tenantView), next: null, total: rows.length }, () => tenantTable(tools, rows, output.width));
    return 0;
  },
};

export const addDesa: Verb = {
  name: 'tambah',
  aliases: ['add'],
  summary: 'mendaftarkan desa, tanpa memasang apa pun',
  args: [['<kode>', 'kode desa (13 karakter atau 10 angka), kecamatan (52.01.14) atau kabupaten (52.01)']],
  options: [['--domain <domain>', 'alamat situsnya, misalnya sukamaju.desa.id']],
  examples: ['desa tambah 52.01.14.2001 --domain sukamaju.desa.id'],
  async run({ tools, actor, output }, input) {
    const tenant = await createTenant(tools, actor, { kode: input.value('kode'), domain: input.optional('domain') });
    output.answer(
      tenantView(tenant),
      () =>
        `${namaLengkap(tenant)} (${tenant.kode}), ${whereabouts(tenant)}, ditambahkan.\nPasang aplikasinya: ${commandName()} desa pasang ${tenant.kode}`,
    );
    return 0;
  },
};

export const showDesa: Verb = {
  name: 'lihat',
  aliases: ['show'],
  summary: 'satu desa dan aplikasinya',
  args: [['<kode>', 'kode desa']],
  async run({ tools, output, config }, input) {
    const tenant = await findTenant(tools, input.value('kode'));
    output.answer(tenantView(tenant), () => tenantText(tools, tenant, config));
    return 0;
  },
};

/** A kabupaten has some hundred desa: all of them are one answer. */
async function allTenants({ tenants }: Toolbox, filter: Omit<TenantFilter, 'after' | 'limit'>): Promise<readonly TenantRow[]> {
  const rows: TenantRow[] = [];
  let after: string | null = null;
  do {
    const page = await tenants.list({ ...filter, limit: 200, ...(after === null ? {} : { after }) });
    rows.push(...page.rows);
    after = page.next;
  } while (after !== null);
  return rows;
}

function hasNothing({ installations }: TenantRow): boolean {
  return installations.every(({ state }) => state === 'absent');
}

function tenantTable({ apps }: Toolbox, rows: readonly TenantRow[], width: number | null): string {
  if (rows.length === 0) return 'Tidak ada desa yang cocok.';
  const columns = [
    ...[
      { title: 'Kode' },
      { title: 'Desa', flexible: true as const },
      { title: 'Kecamatan', flexible: true as const, spare: true as const },
    ],
    ...[
      { title: 'Domain', flexible: true as const, spare: true as const },
      { title: 'Aplikasi' },
      { title: 'Versi' },
      { title: 'Keadaan' },
    ],
  ];
  const cells = rows.map((tenant) => {
    const shown = tenant.installations.filter(({ state }) => state !== 'absent');
    const lines = (of: (installation: (typeof shown)[number]) => string): string => shown.map(of).join('\n');
    return [
      ...[tenant.kode, tenant.nama, tenant.namaKecamatan, tenant.domain ?? '–'],
      ...[lines(({ app }) => titleOf(apps, app)), lines(({ version }) => version ?? '–')],
      shown.length === 0 ? installationWord({ state: 'absent' }) : lines(installationWord),
    ];
  });
  return `${table(columns, cells, width)}\n\n${count(rows.length)} desa`;
}

function tenantText({ apps }: Toolbox, tenant: TenantRow, config: Config): string {
  const head = pairs([
    [SCOPE_TITLES[scopeOf(tenant.kode)], `${namaLengkap(tenant)} (${tenant.kode})`],
    ...(tenant.kodeKecamatan === null ? [] : [['Kecamatan', `${tenant.namaKecamatan} (${tenant.kodeKecamatan})`] as const]),
    ['Kabupaten', `${tenant.namaKabupaten}, ${tenant.namaProvinsi}`],
    ['Domain', tenant.domain ?? '–'],
    ['Terdaftar', when(tenant.createdAt, config)],
  ]);
  const parts = tenant.installations.map((installation) => {
    const settings = Object.entries(installation.settings).map(([name, value]) => `${name}=${value}`);
    return pairs([
      ['Aplikasi', titleOf(apps, installation.app)],
      ['Keadaan', installationWord(installation)],
      ['Versi', installation.version ?? '–'],
      ['Alamat', installation.url ?? '–'],
      ...(settings.length === 0 ? [] : [['Setelan', settings.join(' ')] as const]),
      ['Berubah', when(installation.updatedAt, config)],
    ]);
  });
  return [head, ...(parts.length === 0 ? ['Belum ada aplikasi yang dipasang.'] : parts)].join('\n\n');
}
