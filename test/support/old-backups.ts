import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createConnection } from 'mysql2/promise';
import { connectionOptions } from '../../src/adapters/db/client.ts';
import type { Backup } from '../../src/domain/backup.ts';
import type { Instance } from './instance.ts';

/** Enough small files beside a backup's own that taking its folder away is no matter of an instant. */
const BALLAST = 300;
const DAY_MS = 86_400_000;

/** As if a whole backup had been made on one day so long ago, as often as asked: files and record. @returns their ids, oldest first */
export async function layOldBackups(pendopo: Instance, like: Backup, count: number, daysAgo: number): Promise<readonly string[]> {
  const { tools } = pendopo;
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const id = tools.ids.next();
    const folder = tools.files.path(`backup/${id}`);
    cpSync(tools.files.path(`backup/${like.id}`), folder, { recursive: true });
    for (let file = 0; file < BALLAST; file += 1) writeFileSync(`${folder}/beban-${file}`, '');
    await tools.backups.save({ ...like, id, reason: 'scheduled', nextTag: null });
    await ageBackup(pendopo, id, daysAgo, n);
    ids.push(id);
  }
  return ids;
}

/** Says that a backup was made then: so many minutes after the same hour of that day. */
export function ageBackup(pendopo: Instance, id: string, daysAgo: number, minutes: number): Promise<void> {
  const noon = Math.floor(pendopo.tools.clock.now().getTime() / DAY_MS - daysAgo) * DAY_MS + DAY_MS / 4;
  return say(pendopo, 'UPDATE backups SET created_at = ? WHERE id = ?', [new Date(noon + minutes * 60_000), id]);
}

/** An installation that was removed so long ago, of another app of the same desa. @returns its id */
export async function anOldRemoval(pendopo: Instance, kode: Backup['kode'], daysAgo: number): Promise<string> {
  const { tools } = pendopo;
  const { id } = await tools.tenants.ensureInstallation(kode, 'contoh-pbb', tools.ids.next());
  await tools.tenants.saveInstallation(id, { state: 'absent' });
  await say(pendopo, 'UPDATE installations SET updated_at = ? WHERE id = ?', [new Date(Date.now() - daysAgo * DAY_MS), id]);
  return id;
}

/** The calendar's lease as it is two minutes after its holder has died. */
export function letLeaseRunOut(pendopo: Instance): Promise<void> {
  return say(pendopo, "UPDATE leases SET expires_at = utc_timestamp(3) - INTERVAL 1 SECOND WHERE resource = 'schedule'", []);
}

async function say({ config }: Instance, statement: string, values: readonly unknown[]): Promise<void> {
  const connection = await createConnection(connectionOptions(config.databaseUrl));
  try {
    await connection.query(statement, [...values]);
  } finally {
    await connection.end();
  }
}

/**
 * What is not as it should be with backups: on record without being whole in its folder, or a folder of none on record.
 * @returns empty when all is well
 */
export async function backupFaults({ tools }: Instance): Promise<readonly string[]> {
  const recorded = (await tools.backups.list({ limit: 1_000 })).map(({ id }) => id);
  const folders = readdirSync(tools.files.path('backup')).filter((name) => !recorded.includes(name));
  return [...folders.map((name) => `folder ${name} of no backup`), ...recorded.flatMap((id) => damageOf(tools.files.path(`backup/${id}`)))];
}

function damageOf(folder: string): readonly string[] {
  if (!existsSync(`${folder}/backup.json`)) return [`${folder} has no manifest`];
  const manifest: unknown = JSON.parse(readFileSync(`${folder}/backup.json`, 'utf8'));
  if (typeof manifest !== 'object' || manifest === null || !('sha256' in manifest)) return [`${folder} has no checksums`];
  const sums = Object.entries(manifest.sha256 ?? {});
  if (sums.length !== 2) return [`${folder} lists ${sums.length} files`];
  return sums.flatMap(([name, sum]) => {
    const found = existsSync(`${folder}/${name}`)
      ? createHash('sha256')
          .update(readFileSync(`${folder}/${name}`))
          .digest('hex')
      : 'gone';
    return found === sum ? [] : [`${folder}/${name} is ${found}`];
  });
}
