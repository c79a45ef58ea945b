import { createHash } from 'node:crypto';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { connectionOptions } from '../../src/adapters/db/client.ts';
import { lockedOutMs } from '../../src/domain/job.ts';
import type { Member, Rollout } from '../../src/domain/rollout.ts';
import type { KodeDesa, KodeTenant } from '../../src/domain/wilayah.ts';
import { endRollout, startRollout } from '../../src/workflows/commands/rollouts.ts';
import { makeRepository, RELEASES } from '../../test/support/repository.ts';
import { visit } from '../../test/support/visit.ts';
import { tell } from '../terminal/screen.ts';
import { desaOf, removeImages } from './desa.ts';
import { type BenchOptions, openPlace, type Place } from './place.ts';
import { machine, printTable } from './print.ts';
import { decimal, inSeconds, percentile } from './stats.ts';
import { untilEnded } from './timing.ts';

const APP = 'contoh-opensid';
const FROM = 'v1.0.0';
const POLL_MS = 500;
/** What a bad release may not have changed: all of it is compared, as text. */
const TABLES = ['config', 'tweb_penduduk', 'tweb_keluarga', 'artikel', 'user'] as const;
const BAD = [
  ['migrasi gagal di tengah', RELEASES.throwing.tag],
  ['tidak pernah menjawab', RELEASES.unhealthy.tag],
  ['diam-diam menghapus baris', RELEASES.losing.tag],
] as const;

/** A fleet of sample desa: what three bad releases do to it, and how long a good one takes through it, by waves. */
export async function benchUpdate(options: BenchOptions): Promise<void> {
  const repo = makeRepository({ releases: Object.values(RELEASES) });
  const place = await openPlace(options, { PENDOPO_WORKERS: '2', CONTOH_OPENSID_REPO: repo.path, PENDOPO_SOURCE_FRESH: '0' });
  try {
    const desa = await desaOf(place, options.desa ?? 40);
    await installFleet(place, desa, options.signal);
    await reportBad(place, desa, options.signal);
    await reportGood(place, desa, options.signal);
  } finally {
    await removeImages(place, APP).finally(() => place.close());
    repo.remove();
  }
}

async function installFleet(place: Place, desa: readonly KodeDesa[], signal: AbortSignal): Promise<void> {
  const begun = performance.now();
  tell(`Memasang ${desa.length} desa …`);
  const jobs: string[] = [];
  for (const kode of desa) jobs.push(await place.install(kode, APP, {}, FROM));
  for (const id of jobs) {
    const job = await untilEnded(place.tools, id, signal);
    if (job.state !== 'succeeded') throw new Error(`installing at ${job.kode} ended ${job.state}: ${job.cause?.message}`);
  }
  tell(`${desa.length} desa terpasang dalam ${decimal((performance.now() - begun) / 60_000, 1)} menit`);
}

async function reportBad(place: Place, desa: readonly KodeDesa[], signal: AbortSignal): Promise<void> {
  const before = await dataOf(place, desa);
  const rows: string[][] = [];
  for (const [what, tag] of BAD) {
    const { rollout, members, ms } = await roll(place, desa, tag, signal);
    if (rollout.state === 'halted') await endRollout(place.tools, place.actor, rollout.id);
    const touched = members.filter(({ startedAt }) => startedAt !== null);
    const after = await dataOf(place, desa);
    const whole = desa.filter((kode) => after.get(kode) === before.get(kode)).length;
    const answering = await countAnswering(place, desa, FROM);
    rows.push([what, rollout.state, `${touched.length} / ${desa.length}`, `${answering}`, `${whole}`, inSeconds(ms)]);
  }
  printTable(
    `Rilis buruk pada ${desa.length} desa, dua desa percobaan (${machine()})`,
    ['Rilis', 'keadaan', 'desa tersentuh', `menjawab ${FROM}`, 'data utuh', 'detik'],
    rows,
  );
}

async function reportGood(place: Place, desa: readonly KodeDesa[], signal: AbortSignal): Promise<void> {
  const { rollout, members, ms } = await roll(place, desa, RELEASES.good.tag, signal);
  const locked = members.flatMap(({ lockedMs }) => lockedMs ?? []);
  const each: number[] = [];
  for (const { jobId } of members) {
    const job = await place.tools.jobs.find(jobId);
    if (job?.startedAt != null && job.endedAt !== null) each.push(job.endedAt.getTime() - job.startedAt.getTime());
  }
  const done = members.filter(({ state }) => state === 'done').length;
  const spread = (label: string, values: readonly number[]): string[] => [
    label,
    ...[0.5, 0.95, 1].map((share) => inSeconds(percentile(values, share))),
  ];
  printTable(
    `Pembaruan ${desa.length} desa dalam ${new Set(members.map(({ wave }) => wave)).size} gelombang: ${done} berhasil (${rollout.state}), ${decimal(ms / 60_000, 1)} menit, ${inSeconds(ms / desa.length)} detik setiap desa (${machine()})`,
    ['Detik', 'p50', 'p95', 'terlama'],
    [spread('pengunjung menunggu (halaman pemeliharaan)', locked), spread('pekerjaan satu desa', each)],
  );
}

interface Rolled {
  readonly rollout: Rollout;
  readonly members: readonly Member[];
  readonly ms: number;
}

/** One rollout with the first two desa as canaries, until it has finished or halted and nobody is at work any more. */
async function roll({ tools, actor }: Place, desa: readonly KodeDesa[], tag: string, signal: AbortSignal): Promise<Rolled> {
  tell(`Memperbarui ke ${tag} …`);
  const begun = performance.now();
  const { rolloutId } = await startRollout(tools, actor, { app: APP, tag, canaries: desa.slice(0, 2) });
  for (;;) {
    const [rollout, members] = await Promise.all([tools.rollouts.find(rolloutId), tools.rollouts.members(rolloutId)]);
    if (rollout === null) throw new Error(`rollout ${rolloutId} has vanished`);
    const ms = performance.now() - begun;
    if (rollout.state !== 'running') {
      for (const { jobId, startedAt } of members) if (startedAt !== null) await untilEnded(tools, jobId, signal);
      return { rollout, members: await Promise.all(members.map((member) => withLockOut(tools, member))), ms };
    }
    await tools.clock.sleep(POLL_MS, signal);
  }
}

/** A halted rollout takes no stock any more of those that were at work. */
async function withLockOut(tools: Place['tools'], member: Member): Promise<Member> {
  return { ...member, lockedMs: member.lockedMs ?? lockedOutMs(await tools.jobs.steps(member.jobId)) };
}

async function countAnswering({ house }: Place, desa: readonly KodeDesa[], tag: string): Promise<number> {
  let count = 0;
  for (const kode of desa) {
    const { status, body } = await visit(house.settings.config, `${kode.replaceAll('.', '')}.localhost`, '/');
    if (status === 200 && body.includes(tag.slice(1))) count += 1;
  }
  return count;
}

/** A fingerprint of the content of those tables, a desa. */
async function dataOf({ tools, house }: Place, desa: readonly KodeTenant[]): Promise<ReadonlyMap<KodeTenant, string>> {
  const connection = await createConnection(connectionOptions(house.settings.config.databaseUrl));
  try {
    const found = new Map<KodeTenant, string>();
    for (const { kode, installations } of await tools.tenants.findAll(desa)) {
      const id = installations.find(({ app }) => app === APP)?.id ?? '';
      const schema = (await tools.claims.of(id)).find(({ kind }) => kind === 'schema')?.name;
      const sum = createHash('sha256');
      for (const table of TABLES) {
        const [rows] = await connection.query<RowDataPacket[]>('SELECT * FROM ?? ORDER BY 1', [`${schema}.${table}`]);
        sum.update(JSON.stringify(rows));
      }
      found.set(kode, sum.digest('hex'));
    }
    return found;
  } finally {
    await connection.end();
  }
}
