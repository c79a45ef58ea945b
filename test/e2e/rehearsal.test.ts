import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Member } from '../../src/domain/rollout.ts';
import { requestBackup } from '../../src/workflows/commands/change.ts';
import { admitMember, startRehearsal } from '../../src/workflows/commands/rehearsals.ts';
import { startRollout } from '../../src/workflows/commands/rollouts.ts';
import { resultOf } from '../../src/workflows/rehearsals.ts';
import { seeRollout } from '../../src/workflows/rollout-view.ts';
import { dataOf } from '../support/desa-data.ts';
import { type Instance, startInstance } from '../support/instance.ts';
import { makeRepository, type Release, type Repository } from '../support/repository.ts';
import { logOf, scraps } from '../support/sound.ts';
import { visit } from '../support/visit.ts';

const APP = 'contoh-opensid';
const DESA = ['52.01.14.2001', '52.01.14.2002', '52.01.14.2003', '52.01.14.2004'] as const;
const [GOOD, THROWING, LOSING] = DESA;
const TAG = 'v1.5.0';

/** Each desa's data meets another of its faults. In a rehearsal it also tries to get out of its place, and says where it is. */
const MIXED: Release = {
  tag: TAG,
  changes: {
    'migrasi/2026120105.php': `<?php declare(strict_types=1); return static function (PDO $db): void {
      $own = $db->query('SELECT DATABASE()')->fetchColumn();
      [$instance, $short] = explode('_gladi_', $own . '_gladi_');
      if ($short !== '') {
        $seen = array_diff($db->query('SHOW DATABASES')->fetchAll(PDO::FETCH_COLUMN), ['information_schema', $own]);
        foreach (['5201142001', '5201142002'] as $kode) {
          try { $db->query("SELECT 1 FROM \`{$instance}_{$kode}_contoh_opensid\`.config"); $seen[] = $kode; } catch (PDOException $e) { if (!in_array($e->errorInfo[1] ?? 0, [1044, 1142], true)) throw $e; }
        }
        $nets = array_diff(scandir('/sys/class/net'), ['.', '..', 'lo']);
        if ($seen !== [] || $nets !== []) throw new RuntimeException('bocor: ' . implode(' ', [...$seen, ...$nets]));
        fwrite(STDERR, "terkurung di $own\\n");
        file_put_contents('/var/www/html/desa/foto.txt', 'ditimpa oleh gladi');
      }
      $kode = substr((string) $db->query('SELECT kode_desa FROM config')->fetchColumn(), -4);
      if ($kode === '2002') { $db->exec("UPDATE tweb_penduduk SET nama = 'RUSAK'"); $db->exec('DROP TABLE artikel'); throw new RuntimeException('setengah jalan'); }
      if ($kode === '2003') $db->exec('DELETE FROM tweb_penduduk ORDER BY id DESC LIMIT 3');
    };`,
    'konsol.php': (text) =>
      text.replace(
        "'status' => status($db, $settings['gangguan']),",
        "'status' => (str_ends_with((string) first_value($db, 'SELECT kode_desa FROM config'), '2004') ? ['version' => '9.9.9'] : []) + status($db, $settings['gangguan']),",
      ),
  },
};

let pendopo: Instance;
let repo: Repository;
let before: readonly Readonly<Record<string, string>>[];
beforeAll(async () => {
  repo = makeRepository({ releases: [MIXED] });
  const env = { CONTOH_OPENSID_REPO: repo.path };
  pendopo = await startInstance({ databaseUrl: inject('databaseUrl'), redisUrl: inject('redisUrl'), env });
  const { tools, admin } = pendopo;
  for (const _two of [1, 2]) pendopo.worker();
  const first = await pendopo.install(GOOD, {}, 'v1.0.0');
  await pendopo.ended(first, 900_000);
  await Promise.all(DESA.slice(1).map(async (kode) => pendopo.ended(await pendopo.install(kode, {}, 'v1.0.0'), 300_000)));
  for (const kode of DESA) writeFileSync(photo(kode), 'foto kantor desa');
  await Promise.all(DESA.map(async (kode) => pendopo.ended((await requestBackup(tools, admin, { kode, app: APP })).jobId, 120_000)));
  before = await everything();
}, 1_500_000);
afterAll(async () => {
  await pendopo?.close();
  repo?.remove();
}, 60_000);

const photo = (kode: string): string => pendopo.tools.files.path(`desa/${kode.replaceAll('.', '')}/${APP}/desa/foto.txt`);
const everything = () => Promise.all(DESA.map((kode) => dataOf(pendopo, kode)));

async function untilFinished(id: string): Promise<readonly Member[]> {
  for (let turn = 0; turn < 600 && (await pendopo.tools.rollouts.find(id))?.state === 'running'; turn += 1)
    await pendopo.tools.clock.sleep(250);
  return pendopo.tools.rollouts.members(id);
}

const fates = (members: readonly Member[]) =>
  Object.fromEntries(
    members.map(({ kode, state, fingerprint }) => [kode.slice(-4), fingerprint === null ? state : `${state} ${fingerprint}`]),
  );

const FAILED = {
  '2002': 'migrate-database:perintah-gagal',
  '2003': 'check-conserved:data-berubah',
  '2004': 'check-status:versi-salah',
} as const;
const all = (word: string) => Object.fromEntries(Object.entries(FAILED).map(([kode, cause]) => [kode, `${word} ${cause}`]));

describe('a rehearsal', { timeout: 300_000 }, () => {
  it('of a release that is bad for some finds each of them, in a place of its own, and leaves nothing of itself', async () => {
    const { tools, admin } = pendopo;
    const { rolloutId } = await startRehearsal(tools, admin, { app: APP, tag: TAG });
    const members = await untilFinished(rolloutId);
    expect(fates(members)).toEqual({ '2001': 'done', ...all('failed') });
    for (const { jobId } of members) expect(await logOf(pendopo, jobId)).toMatch(/terkurung di \w+_gladi_\w{12}/);

    expect(await everything()).toEqual(before);
    for (const kode of DESA) {
      expect(readFileSync(photo(kode), 'utf8')).toBe('foto kantor desa');
      expect(await visit(pendopo.config, `${kode.replaceAll('.', '')}.localhost`, '/')).toMatchObject({ status: 200 });
    }
    expect((await tools.tenants.running(null)).map(({ tag }) => tag)).toEqual(DESA.map(() => 'v1.0.0'));
    expect(await scraps(pendopo)).toEqual([]);
    expect(existsSync(`${pendopo.folder}/scratch`) ? await tools.files.countFiles('scratch') : 0).toBe(0);

    const { causes, estimatedMinutes, members: timed } = await resultOf(tools, await seeRollout(tools, admin, rolloutId));
    expect(causes.map(({ fingerprint }) => fingerprint).sort()).toEqual(Object.values(FAILED).sort());
    expect(estimatedMinutes).toBeGreaterThan(0);
    console.info(`rehearsed: ${timed.map(({ kode, seconds }) => `${kode.slice(-4)} ${seconds?.toFixed(1)} s`).join(', ')}`);
  });

  it('keeps out of the rollout who failed, until somebody lets them in', async () => {
    const { tools, admin } = pendopo;
    const { rolloutId } = await startRollout(tools, admin, { app: APP, tag: TAG });
    expect(fates(await untilFinished(rolloutId))).toEqual({ '2001': 'done', ...all('kept-out') });
    expect((await tools.tenants.running(null)).map(({ tag }) => tag)).toEqual([TAG, 'v1.0.0', 'v1.0.0', 'v1.0.0']);
    expect((await everything()).slice(1)).toEqual(before.slice(1));

    await admitMember(tools, admin, rolloutId, THROWING);
    expect(fates(await untilFinished(rolloutId))).toMatchObject({
      '2002': `failed ${FAILED['2002']}`,
      '2003': `kept-out ${FAILED['2003']}`,
    });
    expect((await everything()).slice(1)).toEqual(before.slice(1));
    await expect(admitMember(tools, admin, rolloutId, GOOD)).rejects.toMatchObject({ code: 'tidak-ditahan' });
    await expect(startRehearsal(tools, admin, { app: APP, tag: TAG, only: [GOOD] })).rejects.toMatchObject({
      code: 'tidak-ada-yang-digladi',
    });
    const again = await startRehearsal(tools, admin, { app: APP, tag: TAG, only: [LOSING] });
    expect(fates(await untilFinished(again.rolloutId))).toEqual({ '2003': `failed ${FAILED['2003']}` });
    expect(await scraps(pendopo)).toEqual([]);
  });
});
