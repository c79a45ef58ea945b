import { tell } from '../terminal/screen.ts';
import { benchUser, DESA, JOBS, seedFleet } from './fleet.ts';
import { type BenchOptions, openPlace } from './place.ts';
import { machine, printTable } from './print.ts';
import { cookieOf, tokenOf } from './sign-in.ts';
import { decimal, percentile } from './stats.ts';

const REQUESTS = 100;
/** Below the server's own limit of requests a minute. */
const PAUSE_MS = 110;

type Headers = Readonly<Record<string, string>>;

/** How fast API and pages answer with 450 desa and 100,000 jobs on record; one request after the other, over loopback. */
export async function benchApi(options: BenchOptions): Promise<void> {
  const place = await openPlace(options, { PENDOPO_WORKERS: '1', PENDOPO_POOL: '0' });
  try {
    tell(`Menulis ${DESA} desa dan ${JOBS} pekerjaan …`);
    const [kode] = await seedFleet(place);
    const { host, port } = place.house.settings.config.http;
    const origin = `http://${host}:${port}`;
    const user = await benchUser(place);
    const api = { authorization: `Bearer ${await tokenOf(origin, user)}` };
    const page = { cookie: await cookieOf(origin, user) };
    const [newest] = (await place.tools.jobs.list({ limit: 1 })).rows;
    const asked: readonly (readonly [string, Headers])[] = [
      ['/api/v1/desa?jumlah=50', api],
      ['/api/v1/desa?cari=batu', api],
      [`/api/v1/desa/${kode}`, api],
      ['/api/v1/pekerjaan?jumlah=50', api],
      ['/api/v1/pekerjaan/ringkasan', api],
      ['/api/v1/pekerjaan/sebab', api],
      ['/desa', page],
      [`/desa/${kode}`, page],
      ['/pekerjaan', page],
      [`/pekerjaan/${newest?.id}`, page],
    ];
    const rows: string[][] = [];
    for (const [path, headers] of asked) rows.push(await ask(origin, path, headers, options.signal));
    printTable(
      `API dan halaman: ${DESA} desa, ${JOBS} pekerjaan, ${REQUESTS} permintaan berurutan, dalam milidetik (${machine()})`,
      ['Alamat', 'p50', 'p95', 'p99', 'byte', 'status'],
      rows,
    );
  } finally {
    await place.close();
  }
}

async function ask(origin: string, path: string, headers: Headers, signal: AbortSignal): Promise<string[]> {
  const times: number[] = [];
  const statuses = new Set<number>();
  let bytes = 0;
  for (let index = 0; index < REQUESTS; index += 1) {
    const begun = performance.now();
    const answer = await fetch(origin + path, { headers, redirect: 'manual', signal });
    bytes = (await answer.arrayBuffer()).byteLength;
    times.push(performance.now() - begun);
    statuses.add(answer.status);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  const figures = [0.5, 0.95, 0.99].map((share) => decimal(percentile(times, share), 1));
  return [path, ...figures, String(bytes), [...statuses].join(' ')];
}
