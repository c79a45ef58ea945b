import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { connectDocker, LABEL } from '../../src/adapters/docker-engine.ts';
import { parseKodeDesa } from '../../src/domain/wilayah.ts';
import { tell } from '../terminal/screen.ts';
import { memoryOf } from './container-memory.ts';
import { DESA, JOBS, seedFleet } from './fleet.ts';
import { type BenchOptions, openPlace, type Place } from './place.ts';
import { machine, printTable } from './print.ts';
import { decimal } from './stats.ts';
import { untilEnded } from './timing.ts';

const PROCESSES = ['web', 'worker-1', 'worker-2', 'front', 'mariadb', 'redis'] as const;
const OURS = new Set<string>(['web', 'worker-1', 'worker-2', 'front']);
const APP = 'contoh-opensid';
const SETTLE_MS = 10_000;
const WATCH_MS = 20_000;
/** Of the kernel: a hundredth of a second. */
const TICK_MS = 10;
const MIB = 1_048_576;

/** What everything costs while nothing happens: the processes with 450 desa on record, and a desa's container. */
export async function benchIdle(options: BenchOptions): Promise<void> {
  const place = await openPlace(options, { PENDOPO_WORKERS: '2' });
  try {
    await installOne(place, options.signal);
    tell(`Menulis ${DESA} desa dan ${JOBS} pekerjaan …`);
    await seedFleet(place);
    await delay(SETTLE_MS, undefined, { signal: options.signal });
    const before = PROCESSES.map((name) => look(place.pidOf(name)));
    await delay(WATCH_MS, undefined, { signal: options.signal });
    const after = PROCESSES.map((name) => look(place.pidOf(name)));
    const rows = PROCESSES.map((name, index) => {
      const cpu = ((after[index]?.cpuMs ?? 0) - (before[index]?.cpuMs ?? 0)) / WATCH_MS;
      return { name, rss: after[index]?.rss ?? 0, pss: after[index]?.pss ?? 0, cpu };
    });
    const ours = rows.filter(({ name }) => OURS.has(name));
    const sum = (pick: (row: (typeof rows)[number]) => number): number => ours.reduce((total, row) => total + pick(row), 0);
    const total = {
      name: 'Pendopo sendiri (web, pekerja, pintu depan)',
      rss: sum(({ rss }) => rss),
      pss: sum(({ pss }) => pss),
      cpu: sum(({ cpu }) => cpu),
    };
    printTable(
      `Diam selama ${WATCH_MS / 1000} detik dengan ${DESA} desa dan ${JOBS} pekerjaan (${machine()})`,
      ['Proses', 'RSS MiB', 'PSS MiB', '% satu inti'],
      [...rows, total].map(({ name, rss, pss, cpu }) => [name, decimal(rss / MIB, 0), decimal(pss / MIB, 0), decimal(cpu * 100, 2)]),
    );
    await printContainers(place);
  } finally {
    await place.close();
  }
}

async function installOne({ install, tools }: Place, signal: AbortSignal): Promise<void> {
  // Not among the desa that are seeded.
  const job = await untilEnded(tools, await install(parseKodeDesa('33.02.01.2001'), APP), signal);
  if (job.state !== 'succeeded') throw new Error(`installing ${APP} ended ${job.state}: ${job.cause?.message}`);
}

/** @param pid of `setpriv`, which has become the process itself */
function look(pid: number): { readonly cpuMs: number; readonly rss: number; readonly pss: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  const memory = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const kib = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(memory)?.[1] ?? 0) * 1024;
  return { cpuMs: (Number(stat[11]) + Number(stat[12])) * TICK_MS, rss: kib('Rss'), pss: kib('Pss') };
}

async function printContainers({ house }: Place): Promise<void> {
  const { dockerHost, instance } = house.settings.config;
  const engine = connectDocker(dockerHost);
  const rows: string[][] = [];
  for (const { Id, Names } of await engine.listContainers({ filters: { label: [`${LABEL.instance}=${instance}`] } })) {
    const { counted, shim } = await memoryOf(engine, Id);
    rows.push([Names[0]?.slice(1) ?? Id, decimal(counted / MIB, 1), decimal(shim / MIB, 1)]);
  }
  printTable('Kontainer yang diam', ['Kontainer', 'MiB', 'shim PSS MiB'], rows);
}
