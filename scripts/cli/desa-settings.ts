import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { installationView } from '../../src/api/views.ts';
import { Conflict, Invalid } from '../../src/domain/errors.ts';
import type { AppManifest } from '../../src/domain/manifest.ts';
import type { Toolbox } from '../../src/domain/ports.ts';
import type { TenantRow } from '../../src/domain/ports-records.ts';
import { isShared, type Settings, secretNames, shownSettings } from '../../src/domain/setting.ts';
import type { Installation } from '../../src/domain/tenant.ts';
import { revealAdminPassword } from '../../src/workflows/commands/installations.ts';
import { type ConfigureRequest, requestConfigure, saveSettings } from '../../src/workflows/commands/settings.ts';
import { chooseInstallation, findTenant, parseSettings } from './choose.ts';
import { followJob } from './follow.ts';
import type { Input } from './input.ts';
import type { Session } from './session.ts';
import { pairs, table } from './table.ts';
import type { ExitCode, Verb } from './verb.ts';
import { titleOf } from './words.ts';

export const setSettings: Verb = {
  name: 'setelan',
  aliases: ['setel', 'settings'],
  summary: 'melihat atau mengubah pengaturan satu desa',
  args: [
    ['<kode>', 'kode desa'],
    ['[nama=nilai...]', 'yang diubah; tanpa ini pengaturannya ditampilkan. Rahasia: nama=@berkas, atau nama=@- dari masukan baku'],
  ],
  options: [
    ['--aplikasi <nama>', 'untuk pengaturan yang hanya milik satu aplikasi; boleh dilewati bila hanya ada satu'],
    ['--nanti', 'dipakai mulai pekerjaan berikutnya, bukan sekarang'],
    ['--ikuti', 'tunggu sampai selesai sambil menampilkan langkahnya'],
  ],
  examples: [
    'desa setelan 52.01.14.2001',
    'desa setelan 52.01.14.2001 surel-server=smtp.contoh.id surel-sandi=@sandi.txt --ikuti',
    'desa setelan 52.01.14.2001 batas-memori=768 --aplikasi opensid',
  ],
  async run(session, input) {
    const { tools, actor, output } = session;
    const tenant = await findTenant(tools, input.value('kode'));
    const typed = parseSettings(input.values('nama=nilai'));
    if (Object.keys(typed).length === 0) return show(session, tenant, input);
    const settings = await withSecrets(tools, tenant, typed);
    if (input.flag('nanti')) {
      // Also of one that could not be installed: other settings may be what it takes.
      const { id } = chooseInstallation(tools, tenant, input.optional('aplikasi'), () => true);
      await saveSettings(tools, actor, id, settings);
      output.note('Berlaku mulai pekerjaan berikutnya di desa ini.');
      return show(session, tenant, input);
    }
    const { jobs } = await requestConfigure(tools, actor, { kode: tenant.kode, ...split(tools, tenant, input, settings) });
    if (!input.flag('ikuti')) {
      output.answer({ jobs }, () => jobs.map((job) => `Atur ${titleOf(tools.apps, job.app)}: pekerjaan ${job.jobId}.`).join('\n'));
      return 0;
    }
    let worst: ExitCode = 0;
    for (const { jobId } of jobs) worst = (await followJob(session, jobId)) || worst;
    return worst;
  },
};

async function show({ tools, output }: Session, tenant: TenantRow, input: Input): Promise<ExitCode> {
  const chosen = input.optional('aplikasi');
  const shown = chosen === null ? tenant.installations : [chooseInstallation(tools, tenant, chosen, () => true)];
  const rows = (await Promise.all(shown.map(({ id }) => tools.tenants.installation(id)))).flatMap((one) => one ?? []);
  if (rows.length === 0) throw new Conflict('belum-terpasang', `Belum ada aplikasi yang terpasang di ${tenant.nama}.`);
  output.answer(rows.length === 1 ? rows.map(installationView)[0] : rows.map(installationView), () =>
    rows.map((one) => settingsTable(tools.apps.entry(one.app).manifest, one, output.width)).join('\n\n'),
  );
  return 0;
}

/** What all apps of the desa share, and what is one app's: the named one's, or the only one's. @throws Invalid */
function split(tools: Toolbox, tenant: TenantRow, input: Input, settings: Settings): Omit<ConfigureRequest, 'kode'> {
  const offered = tenant.installations.flatMap(({ app }) => tools.apps.entry(app).manifest.settings);
  const shared = new Set(offered.filter(isShared).map(({ name }) => name));
  const part = (wanted: boolean): Settings => Object.fromEntries(Object.entries(settings).filter(([name]) => shared.has(name) === wanted));
  const own = part(false);
  if (Object.keys(own).length === 0) return { shared: part(true) };
  return { shared: part(true), own: { [chooseInstallation(tools, tenant, input.optional('aplikasi')).app]: own } };
}

/** Secrets come from a file: what stands on a command line every user of the machine can read. @throws Invalid */
async function withSecrets(tools: Toolbox, tenant: TenantRow, typed: Settings): Promise<Settings> {
  const secrets = tenant.installations.flatMap(({ app }) => secretNames(tools.apps.entry(app).manifest));
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(typed)) {
    const isSecret = secrets.includes(name) && value !== '';
    if (isSecret && !value.startsWith('@')) {
      throw new Invalid('rahasia-di-perintah', `"${name}" adalah rahasia; isinya tidak ditulis di baris perintah.`, {
        field: name,
        advice: `Simpan di berkas lalu tulis ${name}=@berkas, atau kirim lewat masukan baku: ${name}=@-`,
      });
    }
    found[name] = isSecret ? await readSecret(name, value.slice(1)) : value;
  }
  return found;
}

async function readSecret(name: string, file: string): Promise<string> {
  try {
    return (file === '-' ? await text(process.stdin) : await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw new Invalid('berkas-tidak-terbaca', `Berkas "${file}" untuk "${name}" tidak dapat dibaca.`, { field: name, cause: error });
  }
}

export const revealPassword: Verb = {
  name: 'sandi',
  aliases: ['password'],
  summary: 'menampilkan kata sandi pertama admin aplikasi, hanya sekali',
  args: [['<kode>', 'kode desa']],
  options: [['--aplikasi <nama>', 'boleh dilewati bila hanya ada satu']],
  async run({ tools, actor, output }, input) {
    const tenant = await findTenant(tools, input.value('kode'));
    const { id, url } = chooseInstallation(tools, tenant, input.optional('aplikasi'));
    const shown = await revealAdminPassword(tools, actor, id);
    if (shown === null) {
      throw new Conflict('sudah-ditampilkan', 'Kata sandi pertama sudah pernah ditampilkan, atau aplikasinya belum terpasang.', {
        advice: 'Bila hilang, atur ulang kata sandi dari dalam aplikasi.',
      });
    }
    const password = shown.password.expose();
    output.answer({ username: shown.username, password }, () =>
      pairs([
        ['Alamat', url ?? '–'],
        ['Pengguna', shown.username],
        ['Kata sandi', password],
      ]),
    );
    output.note('Catat sekarang: kata sandi ini tidak ditampilkan lagi.');
    return 0;
  },
};

function settingsTable({ title, settings: offered }: AppManifest, { settings }: Installation, width: number | null): string {
  const columns = [
    { title: 'Nama' },
    { title: 'Nilai' },
    { title: 'Arti', flexible: true as const },
    { title: 'Pilihan', flexible: true as const },
  ];
  const shown = shownSettings(settings);
  const rows = offered.map(({ name, label, options, hint, default: usual }) => [
    ...[name, shown[name] ?? usual, label],
    options.length > 0 ? options.join(', ') : (hint ?? ''),
  ]);
  return `${title}\n${table(columns, rows, width)}`;
}
