import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Certificate, covers, expiryOf } from '../../../src/domain/certificate.ts';
import type { Toolbox } from '../../../src/domain/ports.ts';
import { count } from '../../../src/ui/present.ts';
import { answers, answersHttp } from '../../services/answers.ts';
import { commandName } from '../output.ts';
import type { Place } from '../session.ts';
import { type Check, type Finding, fine, wrong } from './finding.ts';

/** With nobody at work, this long is too long to wait. */
const LONGEST_WAIT_MS = 60_000;

/** Pendopo's own processes, as they are seen from outside. */
export function processChecks({ config }: Place): readonly Check[] {
  const start = `Jalankan \`npm start\` di ${process.cwd()}; catatan proses ada di ${join(config.dataFolder, 'logs')}.`;
  const moved = movedPorts(config.dataFolder);
  return [
    {
      name: 'web',
      label: 'Panel admin',
      async run() {
        const host = reachable(config.http.host);
        const urls = [config.http.port, ...moved].map((port) => `http://${host}:${port}/healthz`);
        const found = await firstThat(urls, (url) => answersHttp(url, 200));
        return found === null ? wrong(`tidak menjawab di ${urls[0]}`, start) : fine(new URL('/', found).href);
      },
    },
    {
      name: 'front',
      label: 'Pintu depan',
      async run() {
        const host = reachable(config.front.host);
        const found = await firstThat([config.front.port, ...moved], (port) => answers({ host, port }, 'HTTP/', 'GET / HTTP/1.0\r\n\r\n'));
        if (found !== null) return fine(`${config.front.driver} di port ${found}`);
        return wrong(`tidak menjawab di port ${config.front.port}: situs desa tidak dapat dibuka`, start);
      },
    },
  ];
}

/** What the record says about the processes' work. */
export function workChecks({ jobs, routes, front, clock, certificates, silences }: Toolbox): readonly Check[] {
  return [
    {
      name: 'jobs',
      label: 'Pekerjaan',
      async run() {
        const counts = await jobs.countOpen(null);
        if (counts.stuck > 0) {
          return wrong(`${count(counts.stuck)} pekerjaan perlu keputusan`, `Lihat: ${commandName()} pekerjaan daftar --status stuck`);
        }
        const [oldest] = await jobs.due(1);
        const job = oldest === undefined ? null : await jobs.find(oldest.id);
        const waits = job === null ? 0 : clock.now().getTime() - job.createdAt.getTime();
        if (waits > LONGEST_WAIT_MS && counts.running + counts.undoing === 0) {
          return wrong(
            `${count(counts.queued)} pekerjaan menunggu dan tidak ada yang dikerjakan`,
            'Pekerja tidak berjalan: lihat catatan worker.',
          );
        }
        return fine(`${count(counts.running + counts.undoing)} berjalan, ${count(counts.queued + counts.interrupted)} menunggu`);
      },
    },
    {
      name: 'routes',
      label: 'Alamat situs',
      async run(): Promise<Finding> {
        const wanted = await routes.all();
        const key = (route: (typeof wanted)[number]) => [route.host, route.path, route.socket, route.state].join(' ');
        const real = new Set((await front.current()).map(key));
        const missing = wanted.filter((route) => !real.has(key(route)));
        if (missing.length === 0) return fine(`${count(wanted.length)} alamat berlaku`);
        return wrong(
          `${count(missing.length)} dari ${count(wanted.length)} alamat belum berlaku: ${missing[0]?.host}`,
          'Jalankan lagi pintu depan.',
        );
      },
    },
    {
      name: 'apps',
      label: 'Aplikasi desa',
      async run() {
        const silent = await silences.list(null);
        const [first] = silent;
        if (first === undefined) return fine('semua menjawab');
        return wrong(
          `${count(silent.length)} aplikasi tidak menjawab: desa ${first.kode}`,
          `Docker menghidupkannya kembali sendiri; bila tetap begini: ${commandName()} desa tangguhkan ${first.kode}, lalu aktifkan.`,
        );
      },
    },
    {
      name: 'certificates',
      label: 'Sertifikat',
      async run() {
        const all = await certificates.list();
        const ending = all.filter((one) => expiryOf(one, clock.now()).state !== 'good' && isNeeded(one, all));
        const [first] = ending;
        if (first === undefined) return fine(`${count(all.length)} sertifikat`);
        return wrong(
          `${count(ending.length)} sertifikat berakhir dalam tiga minggu atau sudah berakhir: ${first.hosts[0]}`,
          'Unggah penggantinya di halaman Sertifikat.',
        );
      },
    },
  ];
}

/** Whether nothing that lasts longer is good for one of its names. */
function isNeeded(one: Certificate, all: readonly Certificate[]): boolean {
  return one.hosts.some(
    (host) => !all.some((other) => other.notAfter > one.notAfter && (other.hosts.includes(host) || covers(other, host))),
  );
}

/** The demo may have taken other ports than it was told, and remembers them here. */
function movedPorts(dataFolder: string): readonly number[] {
  const file = join(dataFolder, 'ports.json');
  return existsSync(file) ? [...readFileSync(file, 'utf8').matchAll(/:(\d{1,5})\b/g)].map(([, port]) => Number(port)) : [];
}

async function firstThat<T>(candidates: readonly T[], holds: (candidate: T) => Promise<boolean>): Promise<T | null> {
  for (const candidate of new Set(candidates)) if (await holds(candidate)) return candidate;
  return null;
}

function reachable(host: string): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
}
