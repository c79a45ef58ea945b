import { siteOf } from '../domain/tenant.ts';
import { titlesOf } from './catalogue.ts';
import { choiceOf, chosenDesa } from './desa-filter.ts';
import { INSTALLATION_LOOKS, lookOfJob, VERBS } from './present.ts';
import { sheetFile } from './sheet-file.ts';
import type { Answer, Visit } from './visit.ts';

/** Data Desa as a table to take along: what the filters leave, every column. */
export async function exportDesa(visit: Visit): Promise<Answer> {
  const { tools, actor } = visit;
  const desa = await chosenDesa(visit, choiceOf(visit));
  const latest = await tools.jobs.latestOf(desa.map(({ kode }) => kode));
  const titles = titlesOf(tools.apps);
  const apps = [
    ...new Set(desa.flatMap(({ installations }) => installations.filter(({ state }) => state !== 'absent').map(({ app }) => app))),
  ].sort();
  const head = [
    'Kode',
    'Nama',
    'Kecamatan',
    'Kabupaten',
    'Domain',
    ...apps.flatMap((app) => [`${titles.get(app) ?? app}: keadaan`, `${titles.get(app) ?? app}: versi`]),
    'Situs',
    'Pekerjaan terakhir',
    'Keadaan pekerjaan',
  ];
  const rows = desa.map((one) => {
    const job = latest.get(one.kode);
    const cells = apps.flatMap((app) => {
      const found = one.installations.find((other) => other.app === app);
      return found === undefined || found.state === 'absent' ? ['', ''] : [INSTALLATION_LOOKS[found.state].word, found.version ?? ''];
    });
    const url = siteOf(one.installations.filter(({ state }) => state === 'active')) ?? '';
    return [
      one.kode,
      one.nama,
      one.namaKecamatan,
      one.namaKabupaten,
      one.domain ?? '',
      ...cells,
      url,
      job === undefined ? '' : VERBS[job.workflow],
      job === undefined ? '' : lookOfJob(job).word,
    ];
  });
  await tools.audit.note({ actor: actor.username, action: 'export-desa', target: 'desa', detail: { rows: rows.length } });
  return sheetFile(visit, `data-desa-${visit.now.toISOString().slice(0, 10)}`, [head, ...rows]);
}
