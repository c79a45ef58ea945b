import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { eq } from 'drizzle-orm';
import type { MySql2Database } from 'drizzle-orm/mysql2';
import { getDistricts, getProvinces, getRegencies, getVillages } from 'idn-area-data';
import { indukOf, type KodeWilayah, parseKodeWilayah, tingkatOf } from '../../domain/wilayah.ts';
import { facts, wilayah } from './schema.ts';

const CHUNK = 4_000;

/**
 * Fills the wilayah table from npm idn-area-data (Kemendagri's codes; all desa of Indonesia), once per version of
 * that package. Replaced in one transaction, so readers always see a whole table.
 */
export async function importWilayah(db: MySql2Database, only: readonly KodeWilayah[] | null): Promise<void> {
  const source = `${await packageVersion()} ${only === null ? 'semua' : only.join(' ')}`;
  const [known] = await db.select().from(facts).where(eq(facts.name, 'wilayah'));
  if (known?.value === source) return;

  const [provinces, regencies, districts, villages] = await Promise.all([getProvinces(), getRegencies(), getDistricts(), getVillages()]);
  const rows = [...provinces, ...regencies, ...districts, ...villages]
    .map(({ code, name }) => ({ kode: parseKodeWilayah(code), nama: name.trim() }))
    .filter(({ kode }) => only === null || only.some((region) => kode.startsWith(region) || region.startsWith(`${kode}.`)))
    .map(({ kode, nama }) => ({ kode, nama, tingkat: tingkatOf(kode), induk: indukOf(kode) }));

  await db.transaction(async (tx) => {
    await tx.delete(wilayah);
    for (let start = 0; start < rows.length; start += CHUNK) await tx.insert(wilayah).values(rows.slice(start, start + CHUNK));
    await tx
      .insert(facts)
      .values({ name: 'wilayah', value: source })
      .onDuplicateKeyUpdate({ set: { value: source } });
  });
}

async function packageVersion(): Promise<string> {
  const file = fileURLToPath(new URL('../package.json', import.meta.resolve('idn-area-data')));
  const parsed: unknown = JSON.parse(await readFile(file, 'utf8'));
  return typeof parsed === 'object' && parsed !== null && 'version' in parsed ? String(parsed.version) : 'tanpa versi';
}
