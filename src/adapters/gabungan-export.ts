import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { CombinedManifest } from '../domain/combined.ts';
import type { CombinedExport } from '../domain/combined-export.ts';
import { Broken } from '../domain/errors.ts';
import type { Secret } from '../domain/secret.ts';
import { type DatabaseServer, runClient } from './mariadb-client.ts';
import { openPool, serverOptions } from './mariadb-connection.ts';
import { createDefinerFilter } from './mariadb-definers.ts';
import { readRows } from './mariadb-rows.ts';

export interface ExportOptions {
  /** Admin connection to the server of the combined database. */
  readonly url: Secret;
  readonly instance: string;
  /** Private folder for short-lived files. */
  readonly scratchFolder: string;
}

export type OpenCombinedExport = CombinedExport & { close(): Promise<void> };

const DUMP = [
  '--single-transaction',
  '--quick',
  '--skip-triggers',
  '--hex-blob',
  '--no-tablespaces',
  '--default-character-set=utf8mb4',
  '--max-allowed-packet=1G',
];
const GZIP_LEVEL = 1;

/** What must not leave a desa is not in these tables at all, so all of them may be taken along. */
export function createCombinedExport({ url, instance, scratchFolder }: ExportOptions): OpenCombinedExport {
  const server: DatabaseServer = { admin: serverOptions(url), pool: openPool(url, 1), scratchFolder };
  const schemaOf = ({ schema }: CombinedManifest): string => `${instance}_${schema}`;
  return {
    async tables(manifest) {
      const rows = await server.pool.query(
        "SELECT TABLE_NAME AS t FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_TYPE = 'BASE TABLE' ORDER BY 1",
        [schemaOf(manifest)],
      );
      return rows.map(({ t }) => String(t));
    },
    sql: (manifest, table) => dump(server, [schemaOf(manifest), ...(table === null ? [] : [table])]),
    async *rows(manifest, table) {
      const columns = await server.pool.query(
        'SELECT COLUMN_NAME AS c FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION',
        [schemaOf(manifest), table],
      );
      yield columns.map(({ c }) => String(c));
      yield* readRows(server, schemaOf(manifest), table);
    },
    close: () => server.pool.close(),
  };
}

/** Its failure is the stream's, so that nobody takes half a copy for a whole one. */
async function* dump(server: DatabaseServer, what: readonly string[]): AsyncGenerator<Uint8Array> {
  const stop = new AbortController();
  const zipped = createGzip({ level: GZIP_LEVEL });
  const definers = createDefinerFilter();
  const running = runClient(server, {
    program: 'mariadb-dump',
    args: [...DUMP, ...what],
    drain: (output) => pipeline(output, definers.stream, zipped),
    signal: stop.signal,
  });
  running.catch((error: unknown) => zipped.destroy(error instanceof Error ? error : new Error('the copy failed', { cause: error })));
  try {
    for await (const piece of zipped) yield piece;
    await running;
    if (!definers.isComplete()) throw new Broken('salinan-tidak-lengkap', 'Salinan basis data gabungan berhenti sebelum selesai.');
  } finally {
    stop.abort();
    await running.catch(() => undefined);
  }
}
