import { execFileSync } from 'node:child_process';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { startMariadb } from './children.ts';

export type Files = ReadonlyMap<string, Buffer>;

export async function untar(content: AsyncIterable<Uint8Array>): Promise<Files> {
  const files = new Map<string, Buffer>();
  const entries = extract();
  Readable.from(content).pipe(entries);
  for await (const entry of entries) files.set(entry.header.name, await buffer(entry));
  return files;
}

/** Rows of each table, as the backup's manifest says. */
export function rowsSaid(files: Files): Readonly<Record<string, number>> {
  const read: unknown = JSON.parse(files.get('backup.json')?.toString() ?? 'null');
  if (typeof read !== 'object' || read === null || !('rows' in read) || typeof read.rows !== 'object' || read.rows === null)
    throw new Error('no rows');
  return Object.fromEntries(Object.entries(read.rows).map(([table, rows]) => [table, Number(rows)]));
}

/**
 * Loads a backup's dump into a server that has never heard of the desa, with nothing but MariaDB's own client.
 * @returns rows of each table, and views (whose definers that server does not know) by whether they can be read
 */
export async function restoreElsewhere(files: Files) {
  const other = await startMariadb();
  try {
    const client = ['--no-defaults', `--socket=${other.socket}`, '--user=root'];
    const ask = (query: string): readonly string[][] =>
      execFileSync('mariadb', [...client, '-N', 'salinan', '-e', query], { encoding: 'utf8' })
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => line.split('\t'));
    execFileSync('mariadb', [...client, '-e', 'CREATE DATABASE salinan']);
    execFileSync('mariadb', [...client, 'salinan'], { input: gunzipSync(files.get('database.sql.gz') ?? '') });
    const named = (kind: string): readonly string[] =>
      ask(`SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'salinan' AND TABLE_TYPE = '${kind}' ORDER BY 1`).flat();
    const counts = named('BASE TABLE').map((table) => `SELECT '${table}', COUNT(*) FROM \`${table}\``);
    const rows = Object.fromEntries(ask(counts.join(' UNION ALL ')).map(([table, count]) => [table, Number(count)]));
    const views = named('VIEW');
    for (const view of views) ask(`SELECT COUNT(*) FROM \`${view}\``);
    return { rows, views };
  } finally {
    await other.stop();
  }
}
