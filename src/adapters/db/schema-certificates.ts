import { longtext, mysqlTable, varchar } from 'drizzle-orm/mysql-core';
import type { Certificate } from '../../domain/certificate.ts';
import { id, jsonText, moment } from './schema-columns.ts';

/** What is public of a certificate. Its key lies in the vault. */
export const certificates = mysqlTable('certificates', {
  id: id('id').primaryKey(),
  hosts: jsonText<readonly string[]>('hosts').notNull(),
  chain: longtext('chain').notNull(),
  fingerprint: varchar('fingerprint', { length: 64 }).notNull().unique('certificates_fingerprint'),
  issuer: varchar('issuer', { length: 120 }).notNull(),
  source: varchar('source', { length: 8 }).$type<Certificate['source']>().notNull(),
  notBefore: moment('not_before').notNull(),
  notAfter: moment('not_after').notNull(),
  createdAt: moment('created_at').notNull(),
  createdBy: varchar('created_by', { length: 60 }).notNull(),
});
