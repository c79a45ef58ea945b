import { eq } from 'drizzle-orm';
import type { BackupLinks, Offsites } from '../../domain/ports-care.ts';
import { type Database, tellUnavailable } from './client.ts';
import { backupLinks, offsite } from './schema-care.ts';

export function createBackupLinks(db: Database): BackupLinks {
  return tellUnavailable<BackupLinks>({
    async create(link) {
      await db.insert(backupLinks).values(link);
    },
    async find(id) {
      const [row] = await db.select().from(backupLinks).where(eq(backupLinks.id, id));
      return row ?? null;
    },
  });
}

const ONE = 1;

export function createOffsites(db: Database): Offsites {
  return tellUnavailable<Offsites>({
    async find() {
      const [row] = await db.select().from(offsite).where(eq(offsite.one, ONE));
      if (row === undefined) return null;
      const { one: _one, ...state } = row;
      return state;
    },
    async save(wanted) {
      const row = { ...wanted, copiedAt: null, checkedAt: null, failure: null };
      await db
        .insert(offsite)
        .values({ one: ONE, ...row })
        .onDuplicateKeyUpdate({ set: row });
    },
    async note(change) {
      await db.update(offsite).set(change).where(eq(offsite.one, ONE));
    },
    async remove() {
      await db.delete(offsite).where(eq(offsite.one, ONE));
    },
  });
}
