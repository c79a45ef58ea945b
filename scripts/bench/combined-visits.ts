import { readFileSync } from 'node:fs';
import { benchUser } from './fleet.ts';
import type { Place } from './place.ts';
import { printTable } from './print.ts';
import { cookieOf, tokenOf } from './sign-in.ts';
import { decimal, inSeconds, percentile } from './stats.ts';

const REQUESTS = 20;
const PAUSE_MS = 100;
const LOOK_MS = 50;
const MIB = 1_048_576;

/** Pages and API that tell of all desa together, as a browser and a program ask for them, and what a download takes of the web process. */
export async function measureVisits(place: Place, kecamatan: string, signal: AbortSignal): Promise<void> {
  const { host, port } = place.house.settings.config.http;
  const origin = `http://${host}:${port}`;
  const user = await benchUser(place);
  const api = { authorization: `Bearer ${await tokenOf(origin, user)}` };
  const page = { cookie: await cookieOf(origin, user) };
  const asked: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    ['/gabungan', page],
    [`/gabungan?wilayah=${kecamatan}`, page],
    ['/api/v1/gabungan/ringkasan', api],
    ['/api/v1/gabungan/ringkasan/wilayah?per=desa&format=csv', api],
  ];
  const rows: string[][] = [];
  for (const [path, headers] of asked) {
    const times: number[] = [];
    let [bytes, status] = [0, 0];
    for (let run = 0; run < REQUESTS; run += 1) {
      const begun = performance.now();
      const answer = await fetch(origin + path, { headers, signal });
      bytes = (await answer.arrayBuffer()).byteLength;
      times.push(performance.now() - begun);
      status = answer.status;
      await place.tools.clock.sleep(PAUSE_MS, signal);
    }
    rows.push([path, ...[0.5, 0.95].map((share) => decimal(percentile(times, share), 0)), String(bytes), String(status)]);
  }
  printTable('Halaman dan API ringkasan, dalam milidetik', ['Alamat', 'p50', 'p95', 'byte', 'status'], rows);
  await measureDownloads(place, origin, api, signal);
}

async function measureDownloads(place: Place, origin: string, api: Readonly<Record<string, string>>, signal: AbortSignal): Promise<void> {
  const wanted: readonly (readonly [string, object])[] = [
    ['tweb_penduduk, CSV', { format: 'csv', tabel: 'tweb_penduduk' }],
    ['tweb_penduduk, SQL (gzip)', { format: 'sql', tabel: 'tweb_penduduk' }],
    ['semua tabel, SQL (gzip)', { format: 'sql' }],
  ];
  const rows: string[][] = [];
  for (const [label, body] of wanted) {
    const headers = { ...api, 'content-type': 'application/json' };
    const link = await fetch(`${origin}/api/v1/gabungan/unduh`, { method: 'POST', headers, body: JSON.stringify(body), signal });
    const made: unknown = await link.json();
    if (typeof made !== 'object' || made === null || !('path' in made)) throw new Error(`no link was made: ${link.status}`);
    const before = residentBytes(place.pidOf('web'));
    let most = before;
    const watch = setInterval(() => {
      most = Math.max(most, residentBytes(place.pidOf('web')));
    }, LOOK_MS);
    const begun = performance.now();
    let bytes = 0;
    try {
      const answer = await fetch(`${origin}${String(made.path)}`, { headers: api, signal });
      if (answer.body === null || !answer.ok) throw new Error(`the download answered ${answer.status}`);
      for await (const piece of answer.body) bytes += piece.byteLength;
    } finally {
      clearInterval(watch);
    }
    const took = performance.now() - begun;
    rows.push([label, inSeconds(took), ...[bytes, before, most].map((size) => decimal(size / MIB, 0))]);
  }
  printTable('Unduhan: lama dan memori proses web (RSS)', ['Isi', 'detik', 'MiB', 'RSS sebelum, MiB', 'RSS tertinggi, MiB'], rows);
}

function residentBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
}
