import { and, asc, desc, eq, inArray, lte } from 'drizzle-orm';
import type { Notices } from '../../domain/ports-notices.ts';
import type { Clock } from '../../domain/ports-world.ts';
import { type Database, tellUnavailable } from './client.ts';
import { contacts, noticeChannels, notices } from './schema-care.ts';

export function createNotices(db: Database, clock: Clock): Notices {
  return tellUnavailable<Notices>({
    channels: () => db.select({ settings: noticeChannels.settings, since: noticeChannels.since }).from(noticeChannels),

    async saveChannel({ settings, since }) {
      const row = { channel: settings.channel, settings, since };
      await db.insert(noticeChannels).values(row).onDuplicateKeyUpdate({ set: row });
    },

    async removeChannel(channel) {
      await db.delete(noticeChannels).where(eq(noticeChannels.channel, channel));
    },

    async queue(items) {
      if (items.length === 0) return;
      const now = clock.now();
      const fresh = { state: 'waiting' as const, attempts: 0, nextAt: now, failure: null, createdAt: now, sentAt: null };
      await db
        .insert(notices)
        .ignore()
        .values(items.map(({ id, channel, news }) => ({ id, channel, recipient: null, ...news, ...fresh })));
    },

    async contacts(kodes) {
      if (kodes?.length === 0) return new Map();
      const rows = await db
        .select()
        .from(contacts)
        .where(kodes === undefined ? undefined : inArray(contacts.kode, [...kodes]));
      return new Map(rows.map(({ kode, email }) => [kode, email]));
    },

    async saveContact(kode, email) {
      if (email === null) await db.delete(contacts).where(eq(contacts.kode, kode));
      else await db.insert(contacts).values({ kode, email }).onDuplicateKeyUpdate({ set: { email } });
    },

    due: (now, limit) =>
      db
        .select()
        .from(notices)
        .where(and(eq(notices.state, 'waiting'), lte(notices.nextAt, now)))
        .orderBy(asc(notices.nextAt), asc(notices.id))
        .limit(limit),

    async save(id, change) {
      await db.update(notices).set(change).where(eq(notices.id, id));
    },

    list: (limit) => db.select().from(notices).orderBy(desc(notices.id)).limit(limit),
  });
}
