import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SecretStore, StoredSecret } from '../../src/adapters/db/secrets.ts';
import { createVault } from '../../src/adapters/vault.ts';
import { Secret } from '../../src/domain/secret.ts';

let folder: string;
let keyFile: string;
let rows: Map<string, StoredSecret>;
let store: SecretStore;
beforeEach(async () => {
  folder = await mkdtemp('/tmp/pdp-vault-');
  keyFile = `${folder}/keys/master.key`;
  rows = new Map();
  store = memoryStore(rows);
});
afterEach(() => rm(folder, { recursive: true }));

function memoryStore(table: Map<string, StoredSecret>): SecretStore {
  const revealed = new Set<string>();
  return {
    async insertIfAbsent(secret) {
      if (table.has(secret.ref)) return false;
      table.set(secret.ref, secret);
      return true;
    },
    find: async (ref) => table.get(ref) ?? null,
    isEmpty: async () => table.size === 0,
    async markRevealed(ref) {
      const first = !revealed.has(ref);
      revealed.add(ref);
      return first;
    },
    async remove(ref) {
      table.delete(ref);
    },
  };
}

const change = (ref: string, part: Partial<StoredSecret>) => {
  const row = rows.get(ref);
  if (row !== undefined) rows.set(ref, { ...row, ...part });
};

describe('a vault', () => {
  it('keeps what a person gave under a name that is written once', async () => {
    const vault = await createVault({ store, keyFile });
    await vault.put('desa/1/sandi-surel/a', new Secret('rahasia surel'));
    await vault.put('desa/1/sandi-surel/a', new Secret('rahasia surel'));
    await expect(vault.put('desa/1/sandi-surel/a', new Secret('yang lain'))).rejects.toMatchObject({ code: 'rahasia-sudah-ada' });
    expect((await vault.read('desa/1/sandi-surel/a')).expose()).toBe('rahasia surel');
    expect(rows.get('desa/1/sandi-surel/a')?.ciphertext.toString('latin1')).not.toContain('rahasia');
  });

  it('makes a secret once and gives the same one ever after, to another process too', async () => {
    const vault = await createVault({ store, keyFile });
    await vault.ensure('installation/1/db-password', 'hex-32');
    const first = (await vault.read('installation/1/db-password')).expose();
    await vault.ensure('installation/1/db-password', 'hex-32');
    const again = await (await createVault({ store, keyFile })).read('installation/1/db-password');
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(again.expose()).toBe(first);
    expect(await vault.exists('installation/1/db-password')).toBe(true);
    expect(await vault.exists('installation/2/db-password')).toBe(false);
    await vault.remove('installation/1/db-password');
    await vault.remove('installation/1/db-password');
    await expect(vault.read('installation/1/db-password')).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('makes passwords of 16 characters of every class that no shell, PHP, JSON or spreadsheet reads as something else', async () => {
    const vault = await createVault({ store, keyFile });
    const seen = new Set<string>();
    for (let i = 0; i < 300; i += 1) {
      await vault.ensure(`p${i}`, 'password');
      const password = (await vault.read(`p${i}`)).expose();
      seen.add(password);
      expect(password).toMatch(/^[A-Za-z][A-Za-z2-9@+=_-]{15}$/);
      for (const kind of [/[a-z]/, /[A-Z]/, /[0-9]/, /[@+=_-]/]) expect(password).toMatch(kind);
    }
    expect(seen.size).toBe(300);
  });

  it("makes OpenSID's app_key: base64: and 32 bytes", async () => {
    const vault = await createVault({ store, keyFile });
    await vault.ensure('kunci', 'base64-32');
    const [prefix, text] = (await vault.read('kunci')).expose().split(':');
    expect(prefix).toBe('base64');
    expect(Buffer.from(text ?? '', 'base64')).toHaveLength(32);
  });

  it('keeps nothing readable in its rows, and a secret does not print', async () => {
    const vault = await createVault({ store, keyFile });
    await vault.ensure('a', 'password');
    const secret = await vault.read('a');
    const row = rows.get('a');
    expect(Buffer.concat([row?.ciphertext ?? Buffer.alloc(0), row?.wrappedKey ?? Buffer.alloc(0)]).includes(secret.expose())).toBe(false);
    expect(`${secret} ${JSON.stringify({ secret })} ${inspect(secret)}`).not.toContain(secret.expose());
  });

  it('shows a secret to a person once', async () => {
    const vault = await createVault({ store, keyFile });
    await vault.ensure('admin', 'password');
    expect((await vault.reveal('admin'))?.expose()).toBe((await vault.read('admin')).expose());
    expect(await vault.reveal('admin')).toBeNull();
    expect(await vault.reveal('none')).toBeNull();
  });

  it('refuses rows that were changed or swapped', async () => {
    const vault = await createVault({ store, keyFile });
    for (const ref of ['a', 'b']) await vault.ensure(ref, 'hex-32');
    const [a, b] = [rows.get('a'), rows.get('b')];
    if (a === undefined || b === undefined) throw new Error('not stored');
    rows.set('a', { ...b, ref: 'a' });
    await expect(vault.read('a')).rejects.toMatchObject({ code: 'rahasia-rusak' });
    rows.set('a', a);
    change('a', { ciphertext: Buffer.concat([a.ciphertext.subarray(0, -1), Buffer.of((a.ciphertext.at(-1) ?? 0) ^ 1)]) });
    await expect(vault.read('a')).rejects.toMatchObject({ code: 'rahasia-rusak' });
    await expect(vault.reveal('a')).rejects.toMatchObject({ code: 'rahasia-rusak' });
    change('a', { ciphertext: Buffer.alloc(3) });
    await expect(vault.read('a')).rejects.toMatchObject({ code: 'rahasia-rusak' });
  });
});

describe('the master key', () => {
  it('is made on first use, for its owner only, and nothing is left beside it', async () => {
    await createVault({ store, keyFile });
    expect(await readFile(keyFile)).toHaveLength(32);
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
    expect(await readdir(`${folder}/keys`)).toEqual(['master.key']);
  });

  it('is one and the same for processes that start together', async () => {
    const vaults = await Promise.all(Array.from({ length: 6 }, () => createVault({ store, keyFile })));
    expect(new Set(vaults.map((vault) => vault.derive('jwt').toString('hex'))).size).toBe(1);
  });

  it('gives a different key for every purpose', async () => {
    const vault = await createVault({ store, keyFile });
    expect(vault.derive('jwt')).toHaveLength(32);
    expect(vault.derive('jwt').equals(vault.derive('cookie'))).toBe(false);
    expect(vault.derive('jwt').equals(await readFile(keyFile))).toBe(false);
  });

  it('is not made anew when it is missing and secrets exist', async () => {
    await (await createVault({ store, keyFile })).ensure('a', 'hex-32');
    await rm(keyFile);
    await expect(createVault({ store, keyFile })).rejects.toMatchObject({ code: 'kunci-hilang' });
    expect(await readdir(`${folder}/keys`)).toEqual([]);
  });

  it('is refused when others may read it, when it is cut short, or when it is another one', async () => {
    await (await createVault({ store, keyFile })).ensure('a', 'hex-32');
    await chmod(keyFile, 0o640);
    await expect(createVault({ store, keyFile })).rejects.toMatchObject({ code: 'kunci-terbuka' });
    await chmod(keyFile, 0o600);
    await writeFile(keyFile, 'pendek');
    await expect(createVault({ store, keyFile })).rejects.toMatchObject({ code: 'kunci-rusak' });
    await writeFile(keyFile, Buffer.alloc(32, 7));
    await expect((await createVault({ store, keyFile })).read('a')).rejects.toMatchObject({ code: 'kunci-lain' });
  });
});
