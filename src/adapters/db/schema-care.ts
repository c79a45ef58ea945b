import { index, int, mysqlTable, text, tinyint, uniqueIndex, varchar } from 'drizzle-orm/mysql-core';
import type { Channel, ChannelSettings, NoticeState } from '../../domain/notice.ts';
import type { OffsitePlace } from '../../domain/offsite.ts';
import { id, jsonText, kodeTenant, moment } from './schema-columns.ts';

/** Who may fetch which backup until when. Rows stay: they tell who asked. */
export const backupLinks = mysqlTable(
  'backup_links',
  {
    id: id('id').primaryKey(),
    backupId: id('backup_id').notNull(),
    username: varchar('username', { length: 60 }).notNull(),
    expiresAt: moment('expires_at').notNull(),
  },
  (t) => [index('backup_links_backup').on(t.backupId)],
);

/** One row, or none. */
export const offsite = mysqlTable('offsite', {
  one: tinyint('one').primaryKey(),
  place: jsonText<OffsitePlace>('place').notNull(),
  passwordRef: varchar('password_ref', { length: 191 }).notNull(),
  secretKeyRef: varchar('secret_key_ref', { length: 191 }),
  copiedAt: moment('copied_at'),
  checkedAt: moment('checked_at'),
  failure: text('failure'),
});

/** How people are told: a row for each way that is set up. */
export const noticeChannels = mysqlTable('notice_channels', {
  channel: varchar('channel', { length: 10 }).$type<Channel>().primaryKey(),
  settings: jsonText<ChannelSettings>('settings').notNull(),
  since: moment('since').notNull(),
});

/** What is to be told, or was; by its key once a channel. */
export const notices = mysqlTable(
  'notices',
  {
    id: id('id').primaryKey(),
    channel: varchar('channel', { length: 10 }).$type<Channel>().notNull(),
    key: varchar('key_text', { length: 120 }).notNull(),
    recipient: varchar('recipient', { length: 260 }),
    title: varchar('title', { length: 200 }).notNull(),
    text: text('text').notNull(),
    state: varchar('state', { length: 10 }).$type<NoticeState>().notNull(),
    attempts: int('attempts').notNull(),
    nextAt: moment('next_at').notNull(),
    failure: text('failure'),
    createdAt: moment('created_at').notNull(),
    sentAt: moment('sent_at'),
  },
  (t) => [uniqueIndex('notices_key').on(t.key, t.channel), index('notices_due').on(t.state, t.nextAt)],
);

/** Desa that are told by e-mail what becomes of their own site. */
export const contacts = mysqlTable('contacts', {
  kode: kodeTenant('kode').primaryKey(),
  email: varchar('email', { length: 260 }).notNull(),
});
