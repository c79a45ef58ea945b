import { jobView } from '../../src/api/views.ts';
import { seeJob } from '../../src/api/visible.ts';
import { Invalid, NotFound } from '../../src/domain/errors.ts';
import { CANCELLED, count, lookOfJob } from '../../src/ui/present.ts';
import { cancelJob, retryByCause, retryJob } from '../../src/workflows/commands/jobs.ts';
import { followJob } from './follow.ts';
import { commandName } from './output.ts';
import type { Session } from './session.ts';
import type { ExitCode, Verb } from './verb.ts';

export const retryVerb: Verb = {
  name: 'coba-lagi',
  aliases: ['retry'],
  summary: 'mencoba lagi satu pekerjaan yang gagal, semua yang gagal karena satu sebab, atau semuanya',
  args: [['[id]', 'nomor pekerjaan']],
  options: [
    ['--penyebab <sebab>', 'semua yang gagal karena ini (lihat: pekerjaan penyebab)'],
    ['--semua-gagal', 'semua yang gagal; yang dibatalkan orang tidak ikut'],
    ['--ikuti', 'untuk satu pekerjaan: tunggu sampai selesai'],
  ],
  examples: ['pekerjaan coba-lagi 01KB0000000000000000000000 --ikuti', 'pekerjaan coba-lagi --semua-gagal'],
  async run(session, input) {
    const id = input.optional('id');
    const fingerprint = input.optional('penyebab');
    const all = input.flag('semua-gagal');
    if ([id !== null, fingerprint !== null, all].filter(Boolean).length !== 1) {
      throw new Invalid('coba-lagi-mana', 'Pilih satu: nomor pekerjaan, --penyebab <sebab>, atau --semua-gagal.', { field: 'id' });
    }
    if (id !== null) return retryOne(session, id, input.flag('ikuti'));
    return retryMany(session, fingerprint === null ? await allCauses(session) : [fingerprint]);
  },
};

export const cancelVerb: Verb = {
  name: 'batal',
  aliases: ['cancel'],
  summary: 'membatalkan pekerjaan; yang sudah dikerjakan dikembalikan',
  args: [['<id>', 'nomor pekerjaan']],
  async run({ tools, actor, output }, input) {
    const id = input.value('id');
    await cancelJob(tools, actor, id);
    const job = await seeJob(tools, actor, id);
    output.answer(jobView(job), () =>
      job.state === 'queued'
        ? `Pekerjaan ${id} akan dibatalkan begitu diambil pekerja, tanpa mengerjakan apa pun.`
        : `Pekerjaan ${id} (${lookOfJob(job).word}) berhenti sesudah langkah yang sedang berjalan, lalu semuanya dikembalikan.`,
    );
    return 0;
  },
};

async function retryOne(session: Session, id: string, follows: boolean): Promise<ExitCode> {
  const { tools, actor, output } = session;
  await retryJob(tools, actor, id);
  if (follows) return followJob(session, id);
  output.answer({ retried: [id] }, () => `Pekerjaan ${id} dicoba lagi.\nIkuti: ${commandName()} pekerjaan ikuti ${id}`);
  return 0;
}

async function retryMany({ tools, actor, output }: Session, fingerprints: readonly string[]): Promise<ExitCode> {
  const retried: string[] = [];
  for (const fingerprint of fingerprints) retried.push(...(await retryByCause(tools, actor, fingerprint)).retried);
  if (retried.length === 0) {
    throw new NotFound('tidak-ada-yang-gagal', 'Tidak ada pekerjaan gagal yang dapat dicoba lagi untuk ini.', {
      advice: `Lihat sebab-sebabnya: ${commandName()} pekerjaan penyebab`,
    });
  }
  output.answer(
    { retried },
    () => `${count(retried.length)} pekerjaan dicoba lagi.\nLihat kemajuannya: ${commandName()} pekerjaan daftar --status aktif`,
  );
  return 0;
}

async function allCauses({ tools }: Session): Promise<readonly string[]> {
  const causes = await tools.jobs.failuresByCause(null);
  return causes.map(({ fingerprint }) => fingerprint).filter((fingerprint) => !fingerprint.endsWith(`:${CANCELLED}`));
}
