import { VERBS } from '../../src/ui/present.ts';
import { requestResume, requestSuspend } from '../../src/workflows/commands/suspend.ts';
import { findTenant } from './choose.ts';
import { followJob } from './follow.ts';
import type { ExitCode, Verb } from './verb.ts';
import { titleOf } from './words.ts';

function verb(name: string, alias: string, summary: string, word: string, request: typeof requestSuspend): Verb {
  return {
    name,
    aliases: [alias],
    summary,
    args: [['<kode>', 'kode desa']],
    options: [
      ['--aplikasi <nama>', 'hanya aplikasi ini (bawaan: semua aplikasi desa)'],
      ['--ikuti', 'tunggu sampai selesai sambil menampilkan langkahnya'],
    ],
    examples: [`desa ${name} 52.01.14.2001 --ikuti`],
    async run(session, input) {
      const { tools, actor, output } = session;
      const { kode } = await findTenant(tools, input.value('kode'));
      const app = input.optional('aplikasi');
      const { jobs } = await request(tools, actor, { kode, ...(app === null ? {} : { app }) });
      if (!input.flag('ikuti')) {
        output.answer({ jobs }, () => jobs.map((job) => `${word} ${titleOf(tools.apps, job.app)}: pekerjaan ${job.jobId}.`).join('\n'));
        return 0;
      }
      let worst: ExitCode = 0;
      for (const { jobId } of jobs) worst = (await followJob(session, jobId)) || worst;
      return worst;
    },
  };
}

/** Out of service for a while, and back. */
export const SERVICE: readonly Verb[] = [
  verb('tangguhkan', 'suspend', 'menghentikan layanan desa untuk sementara; datanya tetap', VERBS.suspend, requestSuspend),
  verb('aktifkan', 'resume', 'mengaktifkan kembali desa yang ditangguhkan', VERBS.resume, requestResume),
];
