import { NotFound } from '../domain/errors.ts';
import { Secret } from '../domain/secret.ts';
import type { SharedDatabases } from '../domain/shared.ts';
import type { DatabaseServer } from './mariadb-client.ts';
import { openPool, serverOptions } from './mariadb-connection.ts';
import { prepareLoad, setLoadMark } from './mariadb-load.ts';
import { named } from './mariadb-names.ts';
import { inspectShared, listSharedDesa } from './shared-inspect.ts';
import { fetchShared, loadShared } from './shared-source.ts';
import { nameDesa, splitDesa } from './shared-split.ts';

export interface SharedOptions {
  /** Administrator's account at our own server. */
  readonly url: Secret;
  /** Private folder for short-lived files. */
  readonly scratchFolder: string;
}

export type OpenSharedDatabases = SharedDatabases & { close(): Promise<void> };

const CONNECTIONS = 2;

export function createSharedDatabases({ url, scratchFolder }: SharedOptions): OpenSharedDatabases {
  const pool = openPool(url, CONNECTIONS);
  const server: DatabaseServer = { admin: serverOptions(url), pool, scratchFolder };
  return {
    fetch: (from, schema, signal) => fetchShared(server, from, named(schema), signal),
    load: (file, schema, signal) => loadShared(server, file, named(schema), signal),
    async drop(schema) {
      await pool.query('DROP DATABASE IF EXISTS ??', [named(schema)]);
    },
    desa: (schema, manifest) => pool.withConnection((sql) => listSharedDesa(sql, named(schema), manifest)),
    inspect: (schema, manifest, configId) => pool.withConnection((sql) => inspectShared(sql, named(schema), manifest, configId)),
    async key(schema, { key, identity }, configId) {
      const [row] = await pool.query('SELECT ?? AS k FROM ??.?? WHERE id = ?', [key, named(schema), identity, configId]);
      if (String(row?.k ?? '') === '') throw new NotFound('kunci-desa-kosong', 'Kunci desa tidak ada di basis data sumber.');
      return new Secret(String(row?.k));
    },
    async split(schema, manifest, configId, into, signal) {
      const target = { schema: named(into.schema), label: into.label };
      return pool.withConnection(async (sql) => {
        await prepareLoad(sql, target, { charset: into.charset, collation: into.collation });
        const proof = await splitDesa(sql, named(schema), target.schema, manifest, configId, signal);
        await nameDesa(sql, target.schema, manifest.identity, into.official);
        await setLoadMark(sql, target);
        return proof;
      });
    },
    close: () => pool.close(),
  };
}
