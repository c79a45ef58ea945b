import { Invalid } from '../../src/domain/errors.ts';
import { namaLengkap } from '../../src/ui/present.ts';
import { requestRemove } from '../../src/workflows/commands/installations.ts';
import { chooseInstallation, findTenant } from './choose.ts';
import { followJob } from './follow.ts';
import { commandName } from './output.ts';
import type { Verb } from './verb.ts';
import { titleOf } from './words.ts';

export const removeDesa: Verb = {
  name: 'hapus',
  aliases: ['remove'],
  summary: 'menghapus aplikasi dari satu desa; datanya diarsipkan dahulu',
  args: [['<kode>', 'kode desa']],
  options: [
    ['--aplikasi <nama>', 'aplikasi yang dihapus; boleh dilewati bila hanya ada satu'],
    ['--ya-hapus <kode>', 'kode desa sekali lagi, untuk membenarkan'],
    ['--ikuti', 'tunggu sampai selesai sambil menampilkan langkahnya'],
  ],
  examples: ['desa hapus 52.01.14.2001 --ya-hapus 52.01.14.2001'],
  async run(session, input) {
    const { tools, actor, output } = session;
    const tenant = await findTenant(tools, input.value('kode'));
    const { app } = chooseInstallation(tools, tenant, input.optional('aplikasi'));
    const confirm = input.optional('ya-hapus');
    if (confirm === null) {
      throw new Invalid('konfirmasi-kurang', `Untuk membenarkan penghapusan, tambahkan --ya-hapus ${tenant.kode}.`, {
        field: 'confirm',
        advice: 'Data desa diarsipkan dan arsipnya diuji sebelum apa pun dihapus.',
      });
    }
    const { jobId } = await requestRemove(tools, actor, { kode: tenant.kode, app, confirm });
    if (input.flag('ikuti')) return followJob(session, jobId);
    output.answer({ jobId }, () =>
      [
        `${titleOf(tools.apps, app)} akan diarsipkan lalu dihapus dari ${namaLengkap(tenant)} (${tenant.kode}): pekerjaan ${jobId}.`,
        `Ikuti: ${commandName()} pekerjaan ikuti ${jobId}`,
      ].join('\n'),
    );
    return 0;
  },
};
