/**
 * The admin UI on the real web server over an in-memory world of 450 desa: `node test/support/ui-preview.ts [port]`,
 * with `--kosong` over an empty one, with `--ukur` only to print how long pages take. Jobs that are asked for run, and
 * one runs by itself, so that live pages live.
 */
import { pageDoors } from '../../src/api/doors.ts';
import { hashPassword } from '../../src/api/password.ts';
import { buildServer } from '../../src/api/server.ts';
import type { Job, JobStep, StepState } from '../../src/domain/job.ts';
import { Secret } from '../../src/domain/secret.ts';
import { uiPlugin } from '../../src/ui/ui.ts';
import { WORKFLOWS } from '../../src/workflows/catalogue.ts';
import { layOut } from '../../src/workflows/step.ts';
import { fillCertificates } from './ui-certificates.ts';
import { withCombined } from './ui-combined.ts';
import { createFleet } from './ui-fleet.ts';
import { tellJob } from './ui-jobs.ts';
import { type UiWorld, uiWorld } from './ui-world.ts';

const PASSWORD = 'pratinjau-2026';
const NAMES = ['batulayar', 'senggigi', 'gerung-utara', 'beleka', 'meninting', 'narmada', 'lembar-selatan', 'sekotong-tengah'];
const LINES = ['membaca manifes', 'memeriksa apa yang sudah ada', 'menulis berkas', 'menunggu jawaban dari soket http.sock', 'selesai'];

const port = Number(process.argv.find((word) => /^\d+$/.test(word)) ?? 4100);
const isEmpty = process.argv.includes('--kosong');
const world = isEmpty ? uiWorld({ regions: [], manifests: [] }) : withCombined(await createFleet());
const { memory, tools } = world;
if (!isEmpty) fillCertificates(memory, NAMES);
const started = memory.now;
setInterval(() => {
  memory.now = new Date();
}, 20).unref();

const account = { wilayah: null, passwordHash: await hashPassword(PASSWORD) };
await tools.users.create({
  ...account,
  id: 'U1',
  username: 'admin',
  name: 'Admin Kabupaten',
  role: 'superadmin',
  mustChangePassword: false,
});
await tools.users.create({ ...account, id: 'U2', username: 'baru', name: 'Baru', role: 'operator', mustChangePassword: true });
await tools.users.create({ ...account, id: 'U3', username: 'tamu', name: 'Tamu', role: 'pembaca', mustChangePassword: false });

const app = await buildServer(tools, {
  jwtKey: new Secret('kunci-pratinjau-yang-cukup-panjang-0001'),
  secureCookies: false,
  pings: {},
  idempotency: { begin: async () => 'new', finish: async () => undefined, forget: async () => undefined },
  metricsToken: null,
  trustProxy: false,
  ui: async (scope, watched) => {
    await scope.register(uiPlugin, { ...pageDoors(scope), tools: watched });
  },
  limits: { perMinute: 100_000, signInsPerMinute: 1000 },
});
if (process.argv.includes('--ukur')) await measure();
else await app.listen({ port, host: '127.0.0.1' });
if (app.server.listening)
  console.log(`Pratinjau di http://127.0.0.1:${port}/ untuk admin, baru dan tamu, semuanya dengan kata sandi ${PASSWORD}`);
while (!isEmpty && app.server.listening) await playJob(world);

/** Median and slowest of 40 requests a page, records in memory: what rendering costs by itself. */
async function measure(): Promise<void> {
  const session = await app.inject({ method: 'POST', url: '/api/v1/auth/masuk', payload: { username: 'admin', password: PASSWORD } });
  const headers = { authorization: `Bearer ${session.json().accessToken}` };
  const newest = [...memory.jobs.keys()].sort().at(-1) ?? '';
  const paths = [
    '/desa',
    '/desa?cari=karang',
    '/desa/tambah?kecamatan=52.01.14',
    `/desa/${[...memory.tenants.keys()][0]}`,
    '/pekerjaan',
    `/pekerjaan/${newest}`,
    '/arsip',
    '/aplikasi',
    '/gabungan',
  ];
  for (const url of paths) {
    const times: number[] = [];
    let bytes = 0;
    for (let n = 0; n < 40; n += 1) {
      const start = performance.now();
      const { statusCode, rawPayload } = await app.inject({ url, headers });
      times.push(performance.now() - start);
      bytes = rawPayload.length;
      if (statusCode !== 200) throw new Error(`${url}: ${statusCode}`);
    }
    times.sort((a, b) => a - b);
    console.log(
      `${url.padEnd(34)} ${(times[20] ?? 0).toFixed(1).padStart(7)} ms  max ${(times[39] ?? 0).toFixed(1).padStart(7)} ms  ${(bytes / 1024).toFixed(0).padStart(4)} kB`,
    );
  }
}

/** Takes what was asked for on a page, or else a job of its own, through all its steps. */
async function playJob({ memory, put }: UiWorld): Promise<void> {
  const asked = [...memory.jobs.values()].find(({ state, createdAt }) => state === 'queued' && createdAt > started);
  const untouched = [...memory.tenants.values()].find(({ kode }) => [...memory.installations.values()].every((one) => one.kode !== kode));
  const source = asked ?? (untouched === undefined ? null : tellJob(world, { kode: untouched.kode, state: 'queued' }));
  if (source === null) return pause(1000);

  let job: Job = { ...source, state: 'running', startedAt: new Date() };
  const fresh = { state: 'pending', attempts: 0, startedAt: null, endedAt: null } as const;
  let steps: JobStep[] = layOut(WORKFLOWS[source.workflow]).steps.map(({ name, label }, position) => ({ position, name, label, ...fresh }));
  const move = (position: number, state: StepState): void => {
    const at = new Date();
    const moved = { state, attempts: 1, endedAt: state === 'running' ? null : at };
    steps = steps.map((step) => (step.position === position ? { ...step, ...moved, startedAt: step.startedAt ?? at } : step));
    put({ ...job, cancelRequested: memory.jobs.get(job.id)?.cancelRequested ?? false }, steps);
    memory.note(job.id, 'step', state, position);
  };
  put(job, steps);
  memory.note(job.id, 'job', 'running');
  for (const { position, label } of steps) {
    move(position, 'running');
    for (const line of LINES) {
      await pause(60 + position * 12);
      memory.note(job.id, 'log', `${label}: ${line}`, position);
    }
    move(position, position === 2 ? 'skipped' : 'done');
  }
  job = { ...job, state: 'succeeded', committed: true, endedAt: new Date() };
  put(job, steps);
  memory.note(job.id, 'job', 'succeeded');
  const url = `http://${job.kode.replaceAll('.', '')}.desa.localhost:8080/`;
  const reached =
    job.workflow === 'remove'
      ? ({ state: 'absent', url: null, version: null } as const)
      : ({ state: 'active', url, version: '2611.0.0' } as const);
  await tools.tenants.saveInstallation(job.installationId, reached);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
