import type { CombinedDatabase, CombinedManifest, Slice } from '../domain/combined.ts';
import { Broken } from '../domain/errors.ts';
import type { Secret } from '../domain/secret.ts';
import { connectionOptions } from './db/client.ts';
import { quoted, readShapes } from './gabungan-shape.ts';
import { proveSlice, reloadSlice } from './gabungan-slices.ts';
import { ensureTables } from './gabungan-tables.ts';
import { createTriggers, dropTriggers, type FeedPlace, ownTriggers, planTriggers } from './gabungan-triggers.ts';
import { openPool } from './mariadb-connection.ts';

export interface CombinedOptions {
  /** Admin connection to the server that has both the desa's schemas and Pendopo's records. */
  readonly url: Secret;
  readonly instance: string;
}

export type OpenCombined = CombinedDatabase & { close(): Promise<void> };

const CONNECTIONS = 2;

/** Physical tables that triggers on the desa's own tables keep: docs/decisions tells what else was measured. */
export function createCombined({ url, instance }: CombinedOptions): OpenCombined {
  const pool = openPool(url, CONNECTIONS);
  const records = connectionOptions(url).database;
  const schemaOf = (manifest: CombinedManifest): string => named(`${instance}_${manifest.schema}`);
  const placeOf = ({ manifest }: Pick<Slice, 'manifest'>): FeedPlace => ({ combined: schemaOf(manifest), records });

  return {
    schemaOf,
    prepare: (slice) =>
      pool.withConnection(async (sql) => {
        const shapes = await readShapes(sql, named(slice.schema), slice.manifest);
        await ensureTables(sql, schemaOf(slice.manifest), slice.schema, shapes, slice.manifest);
        return shapes.tables.map(({ table }) => table);
      }),
    isAttached: (slice) =>
      pool.withConnection(async (sql) => {
        const there = new Set(await ownTriggers(sql, named(slice.schema)));
        const wanted = planTriggers(slice, await readShapes(sql, slice.schema, slice.manifest), placeOf(slice));
        return wanted.length === there.size && wanted.every(({ name }) => there.has(name));
      }),
    attach: (slice) =>
      pool.withConnection(async (sql) =>
        createTriggers(sql, slice, await readShapes(sql, named(slice.schema), slice.manifest), placeOf(slice)),
      ),
    detach: (schema) => pool.withConnection((sql) => dropTriggers(sql, named(schema))),
    repair: (slice, tables) =>
      pool.withConnection(async (sql) => {
        const shapes = await readShapes(sql, named(slice.schema), slice.manifest);
        for (const table of tables) {
          const shape = shapes.tables.find((one) => one.table === table);
          if (shape !== undefined) await reloadSlice(sql, slice, shape, placeOf(slice));
          else
            await sql.query('DELETE FROM ??.stale_slices WHERE installation_id = ? AND table_name = ?', [
              records,
              slice.installationId,
              table,
            ]);
        }
      }),
    verify: (slice) =>
      pool.withConnection(async (sql) => {
        const { tables } = await readShapes(sql, named(slice.schema), slice.manifest);
        return proveSlice(sql, slice, tables, schemaOf(slice.manifest));
      }),
    dropSlice: ({ configId, manifest }) =>
      pool.withConnection(async (sql) => {
        const combined = schemaOf(manifest);
        const owners = await sql.query(
          "SELECT TABLE_NAME AS t FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND COLUMN_NAME = 'config_id'",
          [combined],
        );
        await sql.query('SET SESSION foreign_key_checks = 0');
        for (const { t } of owners) await sql.query('DELETE FROM ??.?? WHERE config_id = ?', [combined, t, configId]);
        const [identity] = await sql.query('SELECT 1 AS there FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?', [
          combined,
          manifest.identity,
        ]);
        if (identity !== undefined) await sql.query('DELETE FROM ??.?? WHERE id = ?', [combined, manifest.identity, configId]);
        await sql.query('SET SESSION foreign_key_checks = 1');
      }),
    async countRows(manifest, tables) {
      const combined = schemaOf(manifest);
      const there = await pool.query('SELECT TABLE_NAME AS t FROM information_schema.TABLES WHERE TABLE_SCHEMA = ?', [combined]);
      const known = tables.filter((table) => there.some((row) => row.t === table));
      return Promise.all(
        known.map(async (table) => {
          const [row] = await pool.query(`SELECT COUNT(*) AS n FROM ${quoted(combined)}.${quoted(table)}`);
          return { table, rows: Number(row?.n ?? 0) };
        }),
      );
    },
    close: () => pool.close(),
  };
}

function named(name: string): string {
  if (/^[a-z0-9_]{1,64}$/.test(name)) return name;
  throw new Broken('nama-basis-data-salah', `Nama "${name}" tidak dapat dipakai di basis data.`);
}
