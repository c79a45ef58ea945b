import { boolean, index, int, mysqlTable, primaryKey, varchar } from 'drizzle-orm/mysql-core';
import type { FrontManifest } from '../../domain/manifest.ts';
import type { RouteKind, RouteSecurity } from '../../domain/ports-records.ts';
import { tenants } from './schema.ts';
import { id, jsonText, kodeTenant } from './schema-columns.ts';

/** What a desa is given besides its domain, which stands in `tenants`. Which host is whose is said by `claims`. */
export const addresses = mysqlTable('addresses', {
  kode: kodeTenant('kode')
    .primaryKey()
    .references(() => tenants.kode, { onDelete: 'cascade' }),
  port: int('port').unique('addresses_port'),
  www: boolean('www').notNull(),
  own: jsonText<Record<string, string>>('own').notNull(),
  old: jsonText<readonly string[]>('old').notNull(),
  security: varchar('security', { length: 6 }).$type<RouteSecurity>().notNull(),
});

export const routes = mysqlTable(
  'routes',
  {
    host: varchar('host', { length: 190 }).notNull(),
    path: varchar('path', { length: 40 }).notNull(),
    installationId: id('installation_id').notNull(),
    kind: varchar('kind', { length: 8 }).$type<RouteKind>().notNull().default('site'),
    socket: varchar('socket', { length: 107 }).notNull(),
    state: varchar('state', { length: 12 }).$type<'open' | 'maintenance'>().notNull(),
    target: varchar('target', { length: 255 }),
    security: varchar('security', { length: 6 }).$type<RouteSecurity>().notNull().default('any'),
    uploadMb: int('upload_mb').notNull().default(64),
    answerSeconds: int('answer_seconds').notNull().default(300),
    guard: jsonText<FrontManifest>('guard'),
  },
  (t) => [primaryKey({ columns: [t.host, t.path] }), index('routes_installation').on(t.installationId)],
);
