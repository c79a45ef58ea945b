import { installationView } from '../../src/api/views.ts';
import { Conflict, NotFound } from '../../src/domain/errors.ts';
import type { AppManifest } from '../../src/domain/manifest.ts';
import type { Installation } from '../../src/domain/tenant.ts';
import { revealAdminPassword, saveSettings } from '../../src/workflows/commands/installations.ts';
import { chooseInstallation, findTenant, parseSettings } from './choose.ts';
import { pairs, table } from './table.ts';
import type { Verb } from './verb.ts';

export const setSettings: Verb = {
  name: 'setelan',
  aliases: ['settings'],
  summary: 'melihat atau mengubah setelan aplikasi di satu desa',
  args: [
    ['<kode>', 'kode desa'],
    ['[nama=nilai...]', 'setelan yang diubah; tanpa ini setelannya ditampilkan'],
  ],
  options: [['--aplikasi <nama>', 'boleh dilewati bila hanya ada satu']],
  examples: ['desa setelan 52.01.14.2001', 'desa setelan 52.01.14.2001 gangguan=lambat'],
  async run({ tools, actor, output }, input) {
    const tenant = await findTenant(tools, input.value('kode'));
    // Also of one that could not be installed: other settings may be what it takes.
    const installation = chooseInstallation(tools, tenant, input.optional('aplikasi'), () => true);
    const { manifest } = tools.apps.entry(installation.app);
    const changes = parseSettings(input.values('nama=nilai'));
    if (Object.keys(changes).length > 0) {
      await saveSettings(tools, actor, installation.id, { ...offeredOf(manifest, installation), ...changes });
      output.note('Berlaku mulai pekerjaan berikutnya di desa ini.');
    }
    const saved = await tools.tenants.installation(installation.id);
    if (saved === null) throw new NotFound('pemasangan-tidak-ada', 'Pemasangan ini tidak ada.');
    output.answer(installationView(saved), () => settingsTable(manifest, saved, output.width));
    return 0;
  },
};

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

/** What is set now, as far as the app still offers it: a new release may have dropped a setting. */
function offeredOf(manifest: AppManifest, { settings }: Installation): Record<string, string> {
  return Object.fromEntries(
    manifest.settings.flatMap(({ name, options }) => {
      const value = settings[name];
      return value !== undefined && options.includes(value) ? [[name, value]] : [];
    }),
  );
}

function settingsTable({ title, settings: offered }: AppManifest, { settings }: Installation, width: number | null): string {
  if (offered.length === 0) return `${title} tidak mempunyai setelan.`;
  const columns = [
    { title: 'Nama' },
    { title: 'Nilai' },
    { title: 'Arti', flexible: true as const },
    { title: 'Pilihan', flexible: true as const },
  ];
  const rows = offered.map(({ name, label, options, default: usual }) => [name, settings[name] ?? usual, label, options.join(', ')]);
  return table(columns, rows, width);
}
