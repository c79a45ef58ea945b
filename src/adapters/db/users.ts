import { asc, count, eq } from 'drizzle-orm';
import { Conflict } from '../../domain/errors.ts';
import type { User, Users } from '../../domain/ports-records.ts';
import type { Clock } from '../../domain/ports-world.ts';
import { type Database, isDuplicate, tellUnavailable } from './client.ts';
import { sessions, users } from './schema.ts';
import { secondFactors } from './schema-people.ts';

const FAILURES_UNTIL_LOCK = 10;
const LOCK_MINUTES = 15;

export function createUsers(db: Database, clock: Clock): Users {
  return tellUnavailable<Users>({
    async create(user) {
      try {
        await db.insert(users).values({ ...user, createdAt: clock.now() });
      } catch (error) {
        if (isDuplicate(error))
          throw new Conflict('nama-pengguna-terpakai', `Nama pengguna "${user.username}" sudah ada.`, { cause: error });
        throw error;
      }
    },
    async find(id) {
      const [row] = await withFactor(db).where(eq(users.id, id));
      return row === undefined ? null : present(row);
    },
    async findByName(username) {
      const [row] = await withFactor(db).where(eq(users.username, username));
      return row === undefined ? null : present(row);
    },
    async list() {
      return (await withFactor(db).orderBy(asc(users.username))).map(present);
    },
    async count() {
      const [row] = await db.select({ n: count() }).from(users);
      return row?.n ?? 0;
    },
    async savePassword(id, hash, mustChange) {
      await db.transaction(async (tx) => {
        await tx
          .update(users)
          .set({ passwordHash: hash, mustChangePassword: mustChange, failures: 0, lockedUntil: null })
          .where(eq(users.id, id));
        await tx.update(sessions).set({ revokedAt: clock.now() }).where(eq(sessions.userId, id));
      });
    },
    async save(id, change) {
      await db.update(users).set(change).where(eq(users.id, id));
    },
    noteFailure: (id) =>
      db.transaction(async (tx) => {
        const [user] = await tx.select({ failures: users.failures }).from(users).where(eq(users.id, id)).for('update');
        if (user === undefined) return;
        const failures = user.failures + 1;
        const locks = failures >= FAILURES_UNTIL_LOCK;
        const lockedUntil = new Date(clock.now().getTime() + LOCK_MINUTES * 60_000);
        await tx
          .update(users)
          .set(locks ? { failures: 0, lockedUntil } : { failures })
          .where(eq(users.id, id));
      }),
    async noteSuccess(id) {
      await db.update(users).set({ failures: 0, lockedUntil: null }).where(eq(users.id, id));
    },
  });
}

function withFactor(db: Database) {
  return db
    .select({ user: users, secondFactorAt: secondFactors.confirmedAt })
    .from(users)
    .leftJoin(secondFactors, eq(secondFactors.userId, users.id));
}

interface Row {
  readonly user: typeof users.$inferSelect;
  readonly secondFactorAt: Date | null;
}

function present({ user: { failures: _failures, createdAt: _createdAt, ...user }, secondFactorAt }: Row): User {
  return { ...user, secondFactorAt };
}
