import { and, asc, desc, eq, lte } from 'drizzle-orm';
import type { Notices } from '../../domain/ports-notices.ts';
import type { Clock } from '../../domain/ports-world.ts';
import { type Database, tellUnavailable } from './client.ts';
import { noticeChannels, notices } from './schema-care.ts';

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

    async queue(id, channel, news) {
      const now = clock.now();
      const fresh = { state: 'waiting' as const, attempts: 0, nextAt: now, failure: null, createdAt: now, sentAt: null };
      const [result] = await db
        .insert(notices)
        .ignore()
        .values({ id, channel, ...news, ...fresh });
      return result.affectedRows > 0;
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
