import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Broken, Conflict, NotFound } from '../domain/errors.ts';
import type { Vault } from '../domain/ports-world.ts';
import { Secret } from '../domain/secret.ts';
import type { SecretStore, StoredSecret } from './db/secrets.ts';
import { makeSecret } from './secret-kinds.ts';
import { type MasterKey, openMasterKey } from './vault-key.ts';

export interface VaultOptions {
  readonly store: SecretStore;
  readonly keyFile: string;
}

export type OpenVault = Vault & Pick<MasterKey, 'derive'>;

interface Keys {
  readonly master: MasterKey;
  /** Seals the secrets' own keys. */
  readonly wrapping: Buffer;
}

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Envelope encryption: each secret is sealed with a key of its own, which is sealed with a key derived from the master
 * key. Both seals are bound to the secret's name, so that rows cannot be swapped.
 */
export async function createVault({ store, keyFile }: VaultOptions): Promise<OpenVault> {
  const master = await openMasterKey(keyFile, async () => !(await store.isEmpty()));
  const keys: Keys = { master, wrapping: master.derive('wrap-secrets') };

  const open = async (ref: string): Promise<Secret | null> => {
    const row = await store.find(ref);
    return row === null ? null : unsealSecret(row, keys);
  };

  return {
    derive: master.derive,
    make: (kind) => new Secret(makeSecret(kind)),
    async ensure(ref, kind) {
      if ((await store.find(ref)) !== null) return;
      // Of two at the same time, the one that comes second leaves the first one's.
      await store.insertIfAbsent(sealSecret(ref, makeSecret(kind), keys));
    },
    async put(ref, value) {
      if (await store.insertIfAbsent(sealSecret(ref, value.expose(), keys))) return;
      if ((await open(ref))?.expose() === value.expose()) return;
      throw new Conflict('rahasia-sudah-ada', 'Rahasia lain sudah tersimpan di brankas dengan nama ini.');
    },
    exists: async (ref) => (await store.find(ref)) !== null,
    async read(ref) {
      const secret = await open(ref);
      if (secret === null) throw new NotFound('rahasia-tidak-ada', 'Rahasia yang diminta tidak ada di brankas.');
      return secret;
    },
    async reveal(ref) {
      // Unsealed first: a damaged one must not count as shown.
      const secret = await open(ref);
      return secret !== null && (await store.markRevealed(ref)) ? secret : null;
    },
    remove: (ref) => store.remove(ref),
  };
}

function sealSecret(ref: string, value: string, { master, wrapping }: Keys): StoredSecret {
  const key = randomBytes(32);
  const nonce = randomBytes(NONCE_BYTES);
  const keyNonce = randomBytes(NONCE_BYTES);
  return {
    ref,
    keyId: master.id,
    wrappedKey: Buffer.concat([keyNonce, seal(key, wrapping, keyNonce, ref)]),
    nonce,
    ciphertext: seal(Buffer.from(value, 'utf8'), key, nonce, ref),
  };
}

function unsealSecret(row: StoredSecret, { master, wrapping }: Keys): Secret {
  if (row.keyId !== master.id) {
    throw new Broken('kunci-lain', 'Rahasia di brankas dikunci dengan berkas kunci yang lain.', {
      advice: 'Kembalikan berkas kunci yang lama dari cadangan.',
    });
  }
  try {
    const key = unseal(row.wrappedKey.subarray(NONCE_BYTES), wrapping, row.wrappedKey.subarray(0, NONCE_BYTES), row.ref);
    return new Secret(unseal(row.ciphertext, key, row.nonce, row.ref).toString('utf8'));
  } catch (error) {
    throw new Broken('rahasia-rusak', 'Rahasia di brankas rusak atau diubah dari luar.', {
      cause: error,
      advice: 'Pulihkan tabel secrets dari cadangan.',
    });
  }
}

function seal(plain: Buffer, key: Buffer, nonce: Buffer, name: string): Buffer {
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(name, 'utf8'));
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function unseal(sealed: Buffer, key: Buffer, nonce: Buffer, name: string): Buffer {
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(name, 'utf8'));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]);
}
