import { index, mysqlTable, text, tinyint, varchar } from 'drizzle-orm/mysql-core';
import type { CertificateChoice, OrderFailure } from '../../domain/certificate-order.ts';
import { tenants } from './schema.ts';
import { id, jsonText, kodeTenant, moment } from './schema-columns.ts';

/** Who issues certificates by itself: one row, or none. */
export const authority = mysqlTable('authority', {
  one: tinyint('one').primaryKey(),
  directory: varchar('directory', { length: 300 }).notNull(),
  email: varchar('email', { length: 200 }).notNull(),
  roots: text('roots'),
  accountKeyRef: varchar('account_key_ref', { length: 191 }).notNull(),
  accountUrl: varchar('account_url', { length: 500 }).notNull(),
  terms: varchar('terms', { length: 500 }),
  agreedBy: varchar('agreed_by', { length: 60 }).notNull(),
  pausedUntil: moment('paused_until'),
});

/** Names that wait for a certificate; a row goes once it is there. */
export const certificateOrders = mysqlTable(
  'certificate_orders',
  {
    host: varchar('host', { length: 190 }).primaryKey(),
    certificateId: id('certificate_id'),
    orderUrl: varchar('order_url', { length: 500 }),
    /** Moments, as ISO 8601. */
    refused: jsonText<readonly string[]>('refused').notNull(),
    failure: jsonText<OrderFailure>('failure'),
    nextAt: moment('next_at').notNull(),
    askedBy: varchar('asked_by', { length: 60 }),
    createdAt: moment('created_at').notNull(),
  },
  (t) => [index('certificate_orders_next').on(t.nextAt)],
);

/** Desa that did not leave it at `auto`. */
export const certificateChoices = mysqlTable('certificate_choices', {
  kode: kodeTenant('kode')
    .primaryKey()
    .references(() => tenants.kode, { onDelete: 'cascade' }),
  choice: varchar('choice', { length: 8 }).$type<CertificateChoice>().notNull(),
});
