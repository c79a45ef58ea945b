import { and, asc, eq, isNull, like, or } from 'drizzle-orm';
import type { WilayahRecords } from '../../domain/ports-records.ts';
import { type Database, tellUnavailable } from './client.ts';
import { wilayah } from './schema.ts';

export function createWilayah(db: Database): WilayahRecords {
  return tellUnavailable<WilayahRecords>({
    async find(kode) {
      const [row] = await db.select().from(wilayah).where(eq(wilayah.kode, kode));
      return row ?? null;
    },
    children: (induk) =>
      db
        .select()
        .from(wilayah)
        .where(induk === null ? isNull(wilayah.induk) : eq(wilayah.induk, induk))
        .orderBy(asc(wilayah.nama)),
    search(text, tingkat, within, limit) {
      const start = text.trim().replaceAll(/[\\%_]/g, (sign) => `\\${sign}`);
      return db
        .select()
        .from(wilayah)
        .where(
          and(
            eq(wilayah.tingkat, tingkat),
            within === null ? undefined : like(wilayah.kode, `${within}%`),
            // A name from its start over all Indonesia uses the index; inside a region any part of it will do.
            or(like(wilayah.nama, within === null ? `${start}%` : `%${start}%`), like(wilayah.kode, `${start}%`)),
          ),
        )
        .orderBy(asc(wilayah.nama))
        .limit(limit);
    },
  });
}
