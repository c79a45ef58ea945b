import { asc, count, eq, max } from 'drizzle-orm';
import type { Certificates } from '../../domain/certificate.ts';
import { Conflict } from '../../domain/errors.ts';
import { type Database, isDuplicate, tellUnavailable } from './client.ts';
import { certificates } from './schema-certificates.ts';

export function createCertificates(db: Database): Certificates {
  return tellUnavailable<Certificates>({
    async save(certificate) {
      try {
        await db.insert(certificates).values(certificate);
      } catch (error) {
        if (isDuplicate(error)) throw new Conflict('sertifikat-sudah-ada', 'Sertifikat ini sudah pernah diunggah.', { cause: error });
        throw error;
      }
    },
    async find(id) {
      const [row] = await db.select().from(certificates).where(eq(certificates.id, id));
      return row ?? null;
    },
    list: () => db.select().from(certificates).orderBy(asc(certificates.notAfter), asc(certificates.id)),
    async remove(id) {
      await db.delete(certificates).where(eq(certificates.id, id));
    },
    async stamp() {
      // An automatic one has its id from before it was asked for, so the newest id alone tells too little.
      const [row] = await db.select({ n: count(), last: max(certificates.id), at: max(certificates.createdAt) }).from(certificates);
      return `${row?.n ?? 0} ${row?.last ?? ''} ${row?.at?.toISOString() ?? ''}`;
    },
  });
}
