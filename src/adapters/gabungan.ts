import type { CombinedDatabase, CombinedManifest, Slice } from '../domain/combined.ts';
import type { Secret } from '../domain/secret.ts';
import { applyChanges, reloadTable } from './gabungan-feed.ts';
import { createOutbox, forgetChanges, outboxPlace } from './gabungan-outbox.ts';
import { proveSlice } from './gabungan-proof.ts';
import { publishFigures } from './gabungan-published.ts';
import { createRoom } from './gabungan-room.ts';
import { quoted } from './gabungan-shape.ts';
import { createShapeShelf } from './gabungan-shapes.ts';
import { countByDesa, dropRows, ensureTables } from './gabungan-tables.ts';
import { areCreated, createTriggers, dropTriggers } from './gabungan-triggers.ts';
import { openPool, type Sql } from './mariadb-connection.ts';
import { named } from './mariadb-names.ts';

export interface CombinedOptions {
  /** Admin connection to the server that has the desa's schemas. */
  readonly url: Secret;
  readonly instance: string;
  /** What must stay free on its disk; left out: see there. */
  readonly reserveBytes?: number;
}

export type OpenCombined = CombinedDatabase & { close(): Promise<void> };

const CONNECTIONS = 3;
/** What others hold we ask for again later; and without gaps of ours, nobody waits for rows that are not there. */
const SESSION = ", lock_wait_timeout = 2, innodb_lock_wait_timeout = 1, tx_isolation = 'READ-COMMITTED'";

/** Physical tables that a feeder keeps by what the desa's triggers note: docs/decisions tells what else was measured. */
export function createCombined({ url, instance, reserveBytes }: CombinedOptions): OpenCombined {
  const pool = openPool(url, CONNECTIONS, SESSION);
  const shelf = createShapeShelf();
  const place = outboxPlace(instance);
  const outbox = createOutbox(pool, instance);
  const schemaOf = (manifest: CombinedManifest): string => named(`${instance}_${manifest.schema}`);

  const room = createRoom(reserveBytes);
  const destination = (slice: Slice) => ({ schema: schemaOf(slice.manifest), room });
  const recent = (sql: Sql, slice: Slice) => shelf.recent(sql, withName(slice));

  return {
    outbox,
    schemaOf,
    prepare: (slice) =>
      pool.withConnection(async (sql) => {
        const shapes = await shelf.read(sql, withName(slice));
        await room.require(sql, [schemaOf(slice.manifest), slice.schema]);
        await ensureTables(sql, schemaOf(slice.manifest), slice.schema, shapes, slice.manifest);
        return shapes.tables.map(({ table }) => table);
      }),
    isAttached: (slice) => pool.withConnection(async (sql) => areCreated(sql, slice, await recent(sql, slice), place)),
    attach: async (slice) => createTriggers(pool, slice, await pool.withConnection((sql) => recent(sql, slice)), place),
    detach: async (schema) => dropTriggers(pool, named(schema)),
    apply: (slice, table, changes) =>
      pool.withConnection(async (sql) => {
        const shape = await shelf.shapeOf(sql, withName(slice), table);
        if (shape === null) return forgetChanges(sql, place, changes);
        return applyChanges(sql, slice, shape, destination(slice), place, changes);
      }),
    reload: (slice, table) =>
      pool.withConnection(async (sql) => {
        const shape = await shelf.shapeOf(sql, withName(slice), table);
        if (shape !== null) await reloadTable(sql, slice, shape, destination(slice));
      }),
    verify: (slice, only) =>
      pool.withConnection(async (sql) => {
        // A look at everything begins with the form of now: another process may have changed it a moment ago.
        const { tables } = only === undefined ? await shelf.read(sql, withName(slice)) : await recent(sql, slice);
        const wanted = only === undefined ? tables : tables.filter(({ table }) => only.includes(table));
        return proveSlice(sql, slice, wanted, schemaOf(slice.manifest), place);
      }),
    dropSlice: ({ configId, manifest }) => pool.withConnection((sql) => dropRows(sql, schemaOf(manifest), manifest.identity, configId)),
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
    countByDesa: (manifest) => pool.withConnection((sql) => countByDesa(sql, schemaOf(manifest), manifest.identity)),
    publish: ({ configId, manifest }, rows, madeAt) =>
      pool.withConnection(async (sql) => {
        await room.require(sql, [schemaOf(manifest)]);
        await publishFigures(sql, schemaOf(manifest), configId, rows, madeAt);
      }),
    close: () => pool.close(),
  };
}

function withName(slice: Slice): Slice {
  named(slice.schema);
  return slice;
}
