import { jobView } from '../../src/api/views.ts';
import { ACTIVE_STATES, type Job, type JobState } from '../../src/domain/job.ts';
import type { Toolbox } from '../../src/domain/ports.ts';
import { parseKodeTenant } from '../../src/domain/wilayah.ts';
import { ago, count, VERBS } from '../../src/ui/present.ts';
import { chooseWord, parseCount } from './choose.ts';
import { commandName } from './output.ts';
import { table } from './table.ts';
import type { Verb } from './verb.ts';
import { jobWord, titleOf, took } from './words.ts';

const STATUSES: Readonly<Record<string, readonly JobState[]>> = {
  gagal: ['undone', 'stuck'],
  aktif: ACTIVE_STATES,
  berjalan: ['running', 'interrupted', 'undoing'],
  menunggu: ['queued'],
  berhasil: ['succeeded'],
};
const UNSAID_STATUSES: typeof STATUSES = {
  ...{ queued: ['queued'], running: ['running'], interrupted: ['interrupted'], undoing: ['undoing'] },
  ...{ succeeded: ['succeeded'], undone: ['undone'], stuck: ['stuck'] },
};

export const listJobs: Verb = {
  name: 'daftar',
  aliases: ['list', 'ls'],
  summary: 'daftar pekerjaan, yang terbaru di atas',
  options: [
    ['--status <keadaan>', 'gagal, aktif, berjalan, menunggu atau berhasil'],
    ['--desa <kode>', 'hanya pekerjaan desa ini'],
    ['--penyebab <sebab>', 'hanya yang gagal karena ini (lihat: pekerjaan penyebab)'],
    ['--jumlah <n>', 'banyaknya baris (bawaan: 30)'],
    ['--setelah <id>', 'lanjutkan sesudah pekerjaan ini'],
  ],
  examples: ['pekerjaan daftar --status gagal', 'pekerjaan daftar --desa 52.01.14.2001'],
  async run({ tools, output }, input) {
    const status = input.optional('status');
    const desa = input.optional('desa');
    const fingerprint = input.optional('penyebab');
    const after = input.optional('setelah');
    const { rows, next } = await tools.jobs.list({
      limit: parseCount('jumlah', input.optional('jumlah'), 30, 200),
      ...(status === null ? {} : { state: chooseWord('status', status, STATUSES, UNSAID_STATUSES) }),
      ...(desa === null ? {} : { kode: parseKodeTenant(desa) }),
      ...(fingerprint === null ? {} : { fingerprint }),
      ...(after === null ? {} : { after }),
    });
    output.answer({ rows: rows.map(jobView), next }, () => {
      if (rows.length === 0) return 'Tidak ada pekerjaan yang cocok.';
      return `${jobTable(tools, rows, output.width)}${next === null ? '' : `\n\nMasih ada lagi: tambahkan --setelah ${next}`}`;
    });
    return 0;
  },
};

export const listCauses: Verb = {
  name: 'penyebab',
  aliases: ['causes'],
  summary: 'pekerjaan yang gagal, dikelompokkan menurut sebabnya',
  async run({ tools, output }) {
    const rows = await tools.jobs.failuresByCause(null);
    output.answer({ rows }, () => {
      if (rows.length === 0) return 'Tidak ada pekerjaan yang gagal.';
      const columns = [{ title: 'Desa', align: 'right' as const }, { title: 'Penyebab' }, { title: 'Pesan', flexible: true as const }];
      const cells = rows.map((row) => [count(row.count), row.fingerprint, row.message]);
      return `${table(columns, cells, output.width)}\n\nCoba lagi semuanya: ${commandName()} pekerjaan coba-lagi --penyebab <penyebab>`;
    });
    return 0;
  },
};

function jobTable({ apps, clock }: Toolbox, rows: readonly Job[], width: number | null): string {
  const now = clock.now();
  const columns = [
    ...[
      { title: 'Pekerjaan' },
      { title: 'Apa', flexible: true as const },
      { title: 'Desa' },
      { title: 'Keadaan', flexible: true as const },
    ],
    ...[
      { title: 'Lama', align: 'right' as const },
      { title: 'Diminta', spare: true as const },
      { title: 'Sebab', flexible: true as const, spare: true as const },
    ],
  ];
  const cells = rows.map((job) => [
    ...[job.id, `${VERBS[job.workflow]} ${titleOf(apps, job.app)}`, job.kode, jobWord(job)],
    ...[took(job, now), ago(job.createdAt, now), job.cause?.message ?? ''],
  ]);
  return table(columns, cells, width);
}
