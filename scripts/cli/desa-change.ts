import { Invalid } from '../../src/domain/errors.ts';
import { type KodeTenant, repeatsKode } from '../../src/domain/wilayah.ts';
import { namaLengkap, VERBS } from '../../src/ui/present.ts';
import { requestBackup, requestRestore, requestRollback, requestUpdate } from '../../src/workflows/commands/change.ts';
import { chooseInstallation, findTenant } from './choose.ts';
import { followJob } from './follow.ts';
import type { Input } from './input.ts';
import { commandName } from './output.ts';
import type { Session } from './session.ts';
import type { ExitCode, Verb } from './verb.ts';
import { titleOf } from './words.ts';

const PLACE = { args: [['<kode>', 'kode desa']] } as const;
const APP = ['--aplikasi <nama>', 'aplikasi yang dimaksud; boleh dilewati bila hanya ada satu'] as const;
const FOLLOW = ['--ikuti', 'tunggu sampai selesai sambil menampilkan langkahnya'] as const;
const CONFIRM = ['--ya <kode>', 'kode desa sekali lagi, untuk membenarkan'] as const;

async function meant({ tools }: Session, input: Input) {
  const tenant = await findTenant(tools, input.value('kode'));
  const { app } = chooseInstallation(tools, tenant, input.optional('aplikasi'));
  return { tenant, place: { kode: tenant.kode, app } };
}

async function tell(
  session: Session,
  input: Input,
  verb: string,
  { tenant, place }: Awaited<ReturnType<typeof meant>>,
  jobId: string,
): Promise<ExitCode> {
  if (input.flag('ikuti')) return followJob(session, jobId);
  session.output.answer({ jobId }, () =>
    [
      `${verb} ${titleOf(session.tools.apps, place.app)} di ${namaLengkap(tenant)} (${place.kode}): pekerjaan ${jobId}.`,
      `Ikuti: ${commandName()} pekerjaan ikuti ${jobId}`,
    ].join('\n'),
  );
  return 0;
}

function requireConfirmed(input: Input, kode: KodeTenant): void {
  if (repeatsKode(input.optional('ya') ?? '', kode)) return;
  throw new Invalid('konfirmasi-kurang', `Data desa akan kembali ke keadaan lama. Untuk membenarkan, tambahkan --ya ${kode}.`, {
    field: 'confirm',
    advice: 'Keadaan sekarang dicadangkan dan dibuktikan lebih dahulu.',
  });
}

const updateDesa: Verb = {
  name: 'perbarui',
  aliases: ['update'],
  summary: 'memperbarui aplikasi satu desa; kembali sendiri bila ada yang salah',
  ...PLACE,
  options: [['--versi <tag>', 'rilis yang dituju (bawaan: yang terbaru)'], APP, FOLLOW],
  examples: ['desa perbarui 52.01.14.2001 --ikuti'],
  async run(session, input) {
    const found = await meant(session, input);
    const { jobId } = await requestUpdate(session.tools, session.actor, { ...found.place, tag: input.optional('versi') });
    return tell(session, input, VERBS.update, found, jobId);
  },
};

const rollBackDesa: Verb = {
  name: 'mundur',
  aliases: ['rollback'],
  summary: 'mengembalikan rilis dan data ke saat sebelum pembaruan terakhir',
  ...PLACE,
  options: [CONFIRM, APP, FOLLOW],
  examples: ['desa mundur 52.01.14.2001 --ya 52.01.14.2001 --ikuti'],
  async run(session, input) {
    const found = await meant(session, input);
    requireConfirmed(input, found.place.kode);
    const { jobId } = await requestRollback(session.tools, session.actor, found.place);
    return tell(session, input, VERBS.rollback, found, jobId);
  },
};

const backUpDesa: Verb = {
  name: 'cadangkan',
  aliases: ['backup'],
  summary: 'mencadangkan satu desa sekarang; situsnya tetap melayani',
  ...PLACE,
  options: [APP, FOLLOW],
  async run(session, input) {
    const found = await meant(session, input);
    const { jobId } = await requestBackup(session.tools, session.actor, found.place);
    return tell(session, input, VERBS.backup, found, jobId);
  },
};

const restoreDesa: Verb = {
  name: 'pulihkan',
  aliases: ['restore'],
  summary: 'mengembalikan satu desa ke sebuah cadangan',
  ...PLACE,
  options: [['--cadangan <id>', 'nomor cadangan; lihat: cadangan daftar'], CONFIRM, APP, FOLLOW],
  examples: ['desa pulihkan 52.01.14.2001 --cadangan 01… --ya 52.01.14.2001'],
  async run(session, input) {
    const found = await meant(session, input);
    const backupId = input.optional('cadangan');
    const backup = backupId === null ? null : await session.tools.backups.find(backupId);
    if (backup === null || backup.kode !== found.place.kode) {
      throw new Invalid('cadangan-mana', 'Sebutkan cadangan desa ini: --cadangan <id>.', {
        field: 'backupId',
        advice: `Lihat: ${commandName()} cadangan daftar --desa ${found.place.kode}`,
      });
    }
    requireConfirmed(input, found.place.kode);
    const { jobId } = await requestRestore(session.tools, session.actor, { backupId: backup.id });
    return tell(session, input, VERBS.restore, { ...found, place: { ...found.place, app: backup.app } }, jobId);
  },
};

export const CHANGES: readonly Verb[] = [updateDesa, rollBackDesa, backUpDesa, restoreDesa];
