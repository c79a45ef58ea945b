import { and, eq, isNull } from 'drizzle-orm';
import type { Clock } from '../../domain/ports-world.ts';
import { type Database, tellUnavailable } from './client.ts';
import { secrets } from './schema.ts';

export interface StoredSecret {
  readonly ref: string;
  readonly keyId: string;
  readonly wrappedKey: Buffer;
  readonly nonce: Buffer;
  readonly ciphertext: Buffer;
}

/** What the vault keeps its sealed secrets in. */
export interface SecretStore {
  /** False when one of that name was there. */
  insertIfAbsent(secret: StoredSecret): Promise<boolean>;
  find(ref: string): Promise<StoredSecret | null>;
  isEmpty(): Promise<boolean>;
  /** True the first time only. */
  markRevealed(ref: string): Promise<boolean>;
  remove(ref: string): Promise<void>;
}

export function createSecretStore(db: Database, clock: Clock): SecretStore {
  return tellUnavailable<SecretStore>({
    async insertIfAbsent(secret) {
      const [result] = await db
        .insert(secrets)
        .ignore()
        .values({ ...secret, createdAt: clock.now() });
      return result.affectedRows > 0;
    },
    async find(ref) {
      const [row] = await db.select().from(secrets).where(eq(secrets.ref, ref));
      return row ?? null;
    },
    async isEmpty() {
      const [row] = await db.select({ ref: secrets.ref }).from(secrets).limit(1);
      return row === undefined;
    },
    async markRevealed(ref) {
      const [result] = await db
        .update(secrets)
        .set({ revealedAt: clock.now() })
        .where(and(eq(secrets.ref, ref), isNull(secrets.revealedAt)));
      return result.affectedRows > 0;
    },
    async remove(ref) {
      await db.delete(secrets).where(eq(secrets.ref, ref));
    },
  });
}
