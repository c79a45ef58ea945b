import { asc, eq } from 'drizzle-orm';
import { Conflict } from '../../domain/errors.ts';
import type { Clock } from '../../domain/ports-world.ts';
import type { Readers } from '../../domain/reader.ts';
import { type Database, isDuplicate, tellUnavailable } from './client.ts';
import { readers } from './schema-readers.ts';

export function createReaders(db: Database, clock: Clock): Readers {
  return tellUnavailable<Readers>({
    async create(reader) {
      try {
        await db.insert(readers).values({ ...reader, createdAt: clock.now() });
      } catch (error) {
        if (isDuplicate(error)) throw new Conflict('akun-baca-sudah-ada', `Akun baca "${reader.name}" sudah ada.`, { cause: error });
        throw error;
      }
    },
    async find(name) {
      const [row] = await db.select().from(readers).where(eq(readers.name, name));
      return row ?? null;
    },
    list: () => db.select().from(readers).orderBy(asc(readers.name)),
    async saveRotation(name, passwordRef) {
      await db.update(readers).set({ passwordRef, rotatedAt: clock.now() }).where(eq(readers.name, name));
    },
    async remove(name) {
      await db.delete(readers).where(eq(readers.name, name));
    },
  });
}
