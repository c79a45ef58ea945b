import { Invalid } from '../../src/domain/errors.ts';
import { settleSettings } from '../../src/domain/setting.ts';
import { requireScope } from '../../src/domain/tenant.ts';
import { parseKodeTenant } from '../../src/domain/wilayah.ts';
import { namaLengkap } from '../../src/ui/present.ts';
import { requestInstallMany } from '../../src/workflows/commands/install-many.ts';
import { type InstallRequest, requestInstall } from '../../src/workflows/commands/installations.ts';
import { ensureTenant } from '../../src/workflows/commands/tenants.ts';
import { installMany } from './bulk-install.ts';
import { findWilayah, parseSettings } from './choose.ts';
import { followJob } from './follow.ts';
import { commandName } from './output.ts';
import type { Session } from './session.ts';
import { tellStepTimes } from './step-times.ts';
import type { ExitCode, Verb } from './verb.ts';
import { titleOf } from './words.ts';

type Wish = Pick<InstallRequest, 'app' | 'tag' | 'settings'>;

export const installDesa: Verb = {
  name: 'pasang',
  aliases: ['install'],
  summary: 'memasang aplikasi di satu desa, beberapa desa, atau satu kecamatan',
  args: [['[kode...]', 'kode desa; yang belum terdaftar didaftarkan']],
  options: [
    ['--kecamatan <kode>', 'semua desa di kecamatan ini'],
    ['--aplikasi <nama>', 'aplikasi yang dipasang (bawaan: opensid)'],
    ['--semua', 'semua aplikasi desa yang belum ada; dengan --contoh aplikasi contohnya (satu desa saja)'],
    ['--contoh', 'bersama --semua: aplikasi contoh, bukan yang sungguhan'],
    ['--rilis <tag>', 'rilisnya (bawaan: yang terbaru)'],
    ['--setelan <nama=nilai...>', 'setelan aplikasi'],
    ['--ikuti', 'tunggu sampai selesai sambil menampilkan langkahnya; dengan --semua ditutup dengan detik setiap langkah'],
  ],
  examples: [
    'desa pasang 52.01.14.2001 --ikuti',
    'desa pasang 52.01.14.2001 52.01.14.2002 --rilis v2610.0.0',
    'desa pasang --kecamatan 52.01.14',
    'desa pasang 52.01.14.2001 --semua --contoh --ikuti',
  ],
  async run(session, input) {
    const { tools } = session;
    if (input.flag('semua')) return installAll(session, input.values('kode'), input.flag('contoh'), input.flag('ikuti'));
    const wish = {
      app: input.optional('aplikasi') ?? 'opensid',
      tag: input.optional('rilis'),
      settings: parseSettings(input.values('setelan')),
    };
    // Before any desa is added: a wrong wish must not leave half of itself behind.
    settleSettings(tools.apps.entry(wish.app).manifest, wish.settings);
    const region = input.optional('kecamatan');
    const kodes = [...input.values('kode'), ...(region === null ? [] : await desaOf(session, region))];
    const [first, ...others] = new Set(kodes);
    if (first === undefined) {
      throw new Invalid('desa-mana', 'Sebutkan kode desa, atau --kecamatan <kode>.', { field: 'kode' });
    }
    if (others.length === 0 && region === null) return installOne(session, first, wish, input.flag('ikuti'));
    return installMany(session, [first, ...others], wish, input.flag('ikuti'));
  },
};

async function installAll(session: Session, kodes: readonly string[], sample: boolean, follows: boolean): Promise<ExitCode> {
  const { tools, actor, output } = session;
  const [kode, ...others] = kodes;
  if (kode === undefined || others.length > 0) {
    throw new Invalid('desa-mana', 'Dengan --semua sebutkan satu kode desa.', { field: 'kode' });
  }
  const tenant = await ensureTenant(tools, actor, { kode });
  const { jobs } = await requestInstallMany(tools, actor, { kode, sample });
  const results = jobs.map(({ app, jobId }) => ({ kode: tenant.kode, app, jobId, problem: null }));
  if (!follows) {
    output.answer({ accepted: jobs.length, refused: 0, results }, () =>
      jobs.map(({ app, jobId }) => `${titleOf(tools.apps, app)} akan dipasang di ${namaLengkap(tenant)}: pekerjaan ${jobId}.`).join('\n'),
    );
    return 0;
  }
  let worst: ExitCode = 0;
  for (const { jobId } of jobs) {
    const code = await followJob(session, jobId);
    if (code !== 0) worst = code;
  }
  const ended = await Promise.all(jobs.map(({ jobId }) => tools.jobs.find(jobId)));
  await tellStepTimes(
    session,
    ended.filter((job) => job !== null),
  );
  return worst;
}

async function desaOf({ tools }: Session, text: string): Promise<readonly string[]> {
  const region = await findWilayah(tools, text);
  if (region.tingkat !== 'kecamatan') {
    throw new Invalid('bukan-kecamatan', `${region.nama} (${region.kode}) bukan kecamatan, melainkan ${region.tingkat}.`, {
      field: 'kecamatan',
    });
  }
  return (await tools.wilayah.children(region.kode)).map(({ kode }) => kode);
}

async function installOne(session: Session, kode: string, wish: Wish, follows: boolean): Promise<ExitCode> {
  const { tools, actor, output } = session;
  requireScope(tools.apps.entry(wish.app).manifest, parseKodeTenant(kode));
  const tenant = await ensureTenant(tools, actor, { kode });
  const { jobId } = await requestInstall(tools, actor, { ...wish, kode });
  if (follows) return followJob(session, jobId);
  output.answer({ accepted: 1, refused: 0, results: [{ kode: tenant.kode, app: wish.app, jobId, problem: null }] }, () =>
    [
      `${titleOf(tools.apps, wish.app)} akan dipasang di ${namaLengkap(tenant)} (${tenant.kode}): pekerjaan ${jobId}.`,
      `Ikuti: ${commandName()} pekerjaan ikuti ${jobId}`,
    ].join('\n'),
  );
  return 0;
}
