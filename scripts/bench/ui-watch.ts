import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { openDatabase } from '../../src/adapters/db/client.ts';
import { jobEvents } from '../../src/adapters/db/schema-jobs.ts';
import type { Place } from './place.ts';
import { printTable } from './print.ts';
import { decimal, percentile } from './stats.ts';

const PAGES = 50;
const EVENTS = 8;
const EVENT_EVERY_MS = 2_600;
const QUIET_MS = 8_000;
/** Of the kernel: a hundredth of a second. */
const TICK_MS = 10;
const MIB = 1_048_576;

/** What the web process costs while this many dashboards look on: at rest, and while something moves and each fetches its state. */
export async function watchTogether({ house, pidOf }: Place, origin: string, cookie: string, signal: AbortSignal): Promise<void> {
  const records = openDatabase(house.settings.config.databaseUrl, 1);
  const stop = new AbortController();
  const pid = pidOf('web');
  let sentAt = 0;
  const heard: number[] = [];
  const shown: number[] = [];
  const look = async (): Promise<void> => {
    const answer = await fetch(`${origin}/api/v1/armada/aliran`, { headers: { cookie }, signal: stop.signal });
    if (answer.status !== 200) throw new Error(`the stream answered ${answer.status}`);
    let text = '';
    for await (const part of answer.body ?? []) {
      text += new TextDecoder().decode(part);
      if (!text.includes('event: berubah\n') || !text.endsWith('\n\n')) continue;
      text = '';
      if (sentAt === 0) continue;
      heard.push(performance.now() - sentAt);
      const state = await fetch(`${origin}/dasbor/keadaan`, { headers: { cookie, 'hx-request': 'true' }, signal: stop.signal });
      await state.arrayBuffer();
      shown.push(performance.now() - sentAt);
    }
  };
  try {
    const alone = await cost(pid, QUIET_MS, signal);
    const pages = Array.from({ length: PAGES }, () =>
      look().catch((error: unknown) => (stop.signal.aborted ? undefined : Promise.reject(error))),
    );
    await delay(2_000, undefined, { signal });
    const quiet = await cost(pid, QUIET_MS, signal);
    const moving = cost(pid, EVENTS * EVENT_EVERY_MS, signal);
    for (let event = 0; event < EVENTS; event += 1) {
      sentAt = performance.now();
      await records.db.insert(jobEvents).values({ jobId: 'UKUR', position: null, at: new Date(), kind: 'log', text: 'ukur' });
      await delay(EVENT_EVERY_MS, undefined, { signal });
    }
    const busy = await moving;
    stop.abort();
    await Promise.all(pages);
    const times = (values: readonly number[]): string => `${decimal(percentile(values, 0.5), 0)} / ${decimal(percentile(values, 0.95), 0)}`;
    printTable(
      `${PAGES} dasbor terbuka; proses web`,
      ['Keadaan', '% satu inti', 'RSS MiB', 'kabar tiba p50 / p95 ms', 'keadaan baru terlihat p50 / p95 ms'],
      [
        ['tidak ada yang melihat', ...figures(alone), '–', '–'],
        [`${PAGES} melihat, diam`, ...figures(quiet), '–', '–'],
        [`${PAGES} melihat, ${EVENTS} kejadian (${heard.length} kabar)`, ...figures(busy), times(heard), times(shown)],
      ],
    );
  } finally {
    stop.abort();
    await records.close();
  }
}

interface Cost {
  /** Of one core. */
  readonly share: number;
  readonly rss: number;
}

async function cost(pid: number, ms: number, signal: AbortSignal): Promise<Cost> {
  const before = cpuMs(pid);
  await delay(ms, undefined, { signal });
  const kib = Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  return { share: (cpuMs(pid) - before) / ms, rss: kib * 1024 };
}

function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(stat[11]) + Number(stat[12])) * TICK_MS;
}

function figures({ share, rss }: Cost): readonly string[] {
  return [decimal(share * 100, 1), decimal(rss / MIB, 0)];
}
