import { and, desc, eq, gt, inArray, isNull, sql } from 'drizzle-orm';
import type { OpenSession, UserSessions } from '../../domain/ports-people.ts';
import type { Clock } from '../../domain/ports-world.ts';
import { type Database, tellUnavailable } from './client.ts';
import { sessions } from './schema.ts';

/** One row a refresh token; those of one sign-in are a family, which is the session. */
export function createSessions(db: Database, clock: Clock): UserSessions {
  const lasting = () => and(isNull(sessions.revokedAt), isNull(sessions.rotatedAt), gt(sessions.expiresAt, clock.now()));
  const revoked = () => ({ revokedAt: clock.now() });
  return tellUnavailable<UserSessions>({
    async open({ device, ...session }) {
      const now = clock.now();
      await db.insert(sessions).values({ ...session, device: device.slice(0, 255), family: session.id, startedAt: now, seenAt: now });
      await db.delete(sessions).where(sql`${sessions.expiresAt} < utc_timestamp(3) limit 100`);
    },
    rotate: (oldHash, { device, ...next }) =>
      db.transaction(async (tx) => {
        const [old] = await tx.select().from(sessions).where(eq(sessions.tokenHash, oldHash)).for('update');
        if (old === undefined || old.revokedAt !== null || old.expiresAt < clock.now()) return null;
        if (old.rotatedAt !== null) {
          // A rotated token seen again is a stolen one: nobody of that family stays signed in.
          await tx.update(sessions).set(revoked()).where(eq(sessions.family, old.family));
          return null;
        }
        const { family, userId, startedAt } = old;
        await tx.update(sessions).set({ rotatedAt: clock.now() }).where(eq(sessions.id, old.id));
        await tx.insert(sessions).values({ ...next, device: device.slice(0, 255), family, userId, startedAt, seenAt: clock.now() });
        return { sessionId: family, userId };
      }),
    async find(id) {
      const [row] = await db
        .select()
        .from(sessions)
        .where(and(eq(sessions.family, id), lasting()));
      return row === undefined ? null : present(row);
    },
    async lasting(ids) {
      if (ids.length === 0) return new Set();
      const rows = await db
        .select({ id: sessions.family })
        .from(sessions)
        .where(and(inArray(sessions.family, [...ids]), lasting()));
      return new Set(rows.map(({ id }) => id));
    },
    async noteSeen(id) {
      await db
        .update(sessions)
        .set({ seenAt: clock.now() })
        .where(and(eq(sessions.family, id), lasting()));
    },
    async of(userId) {
      const rows = await db
        .select()
        .from(sessions)
        .where(and(eq(sessions.userId, userId), lasting()))
        .orderBy(desc(sessions.seenAt));
      return rows.map(present);
    },
    async closeByToken(tokenHash) {
      const [row] = await db.select({ family: sessions.family }).from(sessions).where(eq(sessions.tokenHash, tokenHash));
      if (row !== undefined) await db.update(sessions).set(revoked()).where(eq(sessions.family, row.family));
    },
    async close(id) {
      await db.update(sessions).set(revoked()).where(eq(sessions.family, id));
    },
    async closeAll(userId) {
      await db.update(sessions).set(revoked()).where(eq(sessions.userId, userId));
    },
  });
}

function present({ family, userId, startedAt, seenAt, address, device }: typeof sessions.$inferSelect): OpenSession {
  return { id: family, userId, startedAt, seenAt, address, device };
}
