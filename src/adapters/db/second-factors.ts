import { and, count, eq, isNotNull, isNull, lt } from 'drizzle-orm';
import { Conflict } from '../../domain/errors.ts';
import type { Policies, SecondFactors } from '../../domain/ports-people.ts';
import type { Clock } from '../../domain/ports-world.ts';
import { type Database, tellUnavailable } from './client.ts';
import { policies, recoveryCodes, secondFactors } from './schema-people.ts';

export function createSecondFactors(db: Database, clock: Clock): SecondFactors {
  return tellUnavailable<SecondFactors>({
    async find(userId) {
      const [row] = await db.select().from(secondFactors).where(eq(secondFactors.userId, userId));
      if (row === undefined) return null;
      const [left] = await db
        .select({ n: count() })
        .from(recoveryCodes)
        .where(and(eq(recoveryCodes.userId, userId), isNull(recoveryCodes.usedAt)));
      return { userId, keyRef: row.keyRef, confirmedAt: row.confirmedAt, recoveryLeft: left?.n ?? 0 };
    },
    begin: (userId, keyRef) =>
      db.transaction(async (tx) => {
        const [row] = await tx.select().from(secondFactors).where(eq(secondFactors.userId, userId)).for('update');
        if (row !== undefined && row.confirmedAt !== null)
          throw new Conflict('faktor-kedua-ada', 'Verifikasi dua langkah sudah aktif.', { advice: 'Matikan lebih dahulu.' });
        const fresh = { keyRef, lastStep: 0, createdAt: clock.now() };
        await tx
          .insert(secondFactors)
          .values({ userId, ...fresh })
          .onDuplicateKeyUpdate({ set: fresh });
      }),
    async confirm(userId, keyRef, step) {
      const isPending = and(eq(secondFactors.userId, userId), eq(secondFactors.keyRef, keyRef), isNull(secondFactors.confirmedAt));
      const [result] = await db.update(secondFactors).set({ confirmedAt: clock.now(), lastStep: step }).where(isPending);
      return result.affectedRows === 1;
    },
    async takeStep(userId, step) {
      const isNewer = and(eq(secondFactors.userId, userId), isNotNull(secondFactors.confirmedAt), lt(secondFactors.lastStep, step));
      const [result] = await db.update(secondFactors).set({ lastStep: step }).where(isNewer);
      return result.affectedRows === 1;
    },
    saveRecovery: (userId, hashes) =>
      db.transaction(async (tx) => {
        await tx.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId));
        await tx.insert(recoveryCodes).values(hashes.map((codeHash) => ({ userId, codeHash })));
      }),
    async takeRecovery(userId, hash) {
      const isUnused = and(eq(recoveryCodes.userId, userId), eq(recoveryCodes.codeHash, hash), isNull(recoveryCodes.usedAt));
      const [result] = await db.update(recoveryCodes).set({ usedAt: clock.now() }).where(isUnused);
      return result.affectedRows === 1;
    },
    remove: (userId) =>
      db.transaction(async (tx) => {
        await tx.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId));
        await tx.delete(secondFactors).where(eq(secondFactors.userId, userId));
      }),
  });
}

export function createPolicies(db: Database): Policies {
  return tellUnavailable<Policies>({
    async find(name) {
      const [row] = await db.select().from(policies).where(eq(policies.name, name));
      return row?.value ?? null;
    },
    async save(name, value) {
      await db.insert(policies).values({ name, value }).onDuplicateKeyUpdate({ set: { value } });
    },
  });
}
