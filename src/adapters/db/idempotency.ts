import { and, eq, isNull, lt, or, sql } from 'drizzle-orm';
import type { Clock } from '../../domain/ports-world.ts';
import { type Database, isDuplicate, tellUnavailable } from './client.ts';
import { idempotency } from './schema.ts';

export type Beginning = 'new' | 'busy' | 'mismatch' | { readonly status: number; readonly body: unknown };

/** Answers already given, kept for a day, so that a repeated request is answered and not done again. */
export interface Idempotency {
  begin(key: string, actor: string, hash: string): Promise<Beginning>;
  finish(key: string, actor: string, answer: { status: number; body: unknown }): Promise<void>;
  /** The request failed in a way that may be tried again. */
  forget(key: string, actor: string): Promise<void>;
}

export function createIdempotency(db: Database, clock: Clock): Idempotency {
  const same = (key: string, actor: string) => and(eq(idempotency.actor, actor), eq(idempotency.key, key));

  return tellUnavailable<Idempotency>({
    async begin(key, actor, hash) {
      // Answers are kept for a day; a request that never got one (its process died) does not block its key for longer than it could run.
      const unanswered = and(isNull(idempotency.status), lt(idempotency.createdAt, sql`utc_timestamp(3) - interval 10 minute`));
      await db
        .delete(idempotency)
        .where(or(unanswered, lt(idempotency.createdAt, sql`utc_timestamp(3) - interval 1 day`)))
        .limit(100);
      try {
        await db.insert(idempotency).values({ actor, key, requestHash: hash, createdAt: clock.now() });
        return 'new';
      } catch (error) {
        if (!isDuplicate(error)) throw error;
      }
      const [row] = await db.select().from(idempotency).where(same(key, actor));
      if (row === undefined) return 'busy';
      if (row.requestHash !== hash) return 'mismatch';
      return row.status === null ? 'busy' : { status: row.status, body: row.body };
    },
    async finish(key, actor, { status, body }) {
      await db.update(idempotency).set({ status, body }).where(same(key, actor));
    },
    async forget(key, actor) {
      await db.delete(idempotency).where(and(same(key, actor), isNull(idempotency.status)));
    },
  });
}
