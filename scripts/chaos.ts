/**
 * `npm run chaos -- --runs 20 --seed 7`: kills workers at random moments of a desa's life, from install to remove, and
 * shows how it ended.
 */
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { aKill, type KillResult, LIFE, runKill, STEPS, seeded } from '../test/support/chaos.ts';
import { startMariadb, startRedis } from '../test/support/children.ts';
import { startInstance } from '../test/support/instance.ts';
import { makeRepository, RELEASES } from '../test/support/repository.ts';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '10' }, seed: { type: 'string', default: '1' } } });
const chance = seeded(Number(values.seed));
const pick = (steps: readonly string[]): string => steps[Math.floor(chance() * steps.length)] ?? '';

const [mariadb, redis] = await Promise.all([startMariadb(), startRedis()]);
const repo = makeRepository({ releases: [RELEASES.good] });
const env = { CONTOH_OPENSID_REPO: repo.path };
const pendopo = await startInstance({ databaseUrl: mariadb.url, redisUrl: redis.url, env });
const results: KillResult[] = [];
try {
  for (let run = 0; run < Number(values.runs); run += 1) {
    const kode = `52.01.14.200${1 + (run % 9)}`;
    for (const workflow of LIFE) {
      const kill = aKill(workflow, pick(STEPS[workflow]), chance);
      const result = await runKill(pendopo, kode, kill);
      results.push(result);
      console.log(
        `${result.faults.length === 0 ? '✔' : '✘'} ${kode} ${kill.workflow} ${kill.moment} ${kill.step} ${result.faults.join('; ')}`,
      );
    }
  }
} finally {
  await pendopo.close();
  repo.remove();
  await Promise.all([mariadb.stop(), redis.stop()]);
}

const table = new Table({ head: ['alur', 'langkah', 'saat', 'pekerja mati', 'selesai setelah (ms)', 'kesalahan'] });
for (const { workflow, step, moment, killed, recoveryMs, faults } of results) {
  table.push([workflow, step, moment, killed ? 'ya' : 'tidak', killed ? recoveryMs : '–', faults.join('; ') || '–']);
}
console.log(table.toString());
process.exit(results.some(({ faults }) => faults.length > 0) ? 1 : 0);
