import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createConnection } from 'mysql2/promise';
import { connectionOptions } from '../../src/adapters/db/client.ts';
import { Secret } from '../../src/domain/secret.ts';

const TABLES = fileURLToPath(new URL('../../templates/apps/contoh-opensid/source/skema.sql', import.meta.url));
/** The desa of number 11, 12 and 13 there: Kecamatan Gerung. */
export const SHARED_KODES = ['52.01.01.2002', '52.01.01.2003', '52.01.01.2005'] as const;
export const SHARED_KEYS = [1, 2, 3].map((n) => `base64:${Buffer.alloc(32, n).toString('base64')}`);

const COMMON = `
  INSERT INTO migrasi (versi_database) VALUES ('2026090000');
  INSERT INTO tweb_penduduk_sex VALUES (1, 'LAKI-LAKI'), (2, 'PEREMPUAN');
  INSERT INTO tweb_penduduk_agama VALUES (1, 'ISLAM');
  INSERT INTO tweb_penduduk_hubungan VALUES (1, 'KEPALA KELUARGA');
  INSERT INTO tweb_status_dasar VALUES (1, 'HIDUP'), (2, 'MATI');
  CREATE TABLE catatan (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, id_pend int NOT NULL, isi text,
    FOREIGN KEY (id_pend) REFERENCES tweb_penduduk (id) ON DELETE CASCADE);
  CREATE TABLE log_ekspor (id int PRIMARY KEY, isi text);
  INSERT INTO log_ekspor VALUES (1, 'siapa punya?');`;
/** Ids of all desa run through one another, as they do there. */
const OWN = `
  INSERT INTO config (id, app_key, nama_desa, kode_desa, nama_kecamatan, kode_kecamatan) VALUES (#, '@key', 'Desa #', '@kode', 'Gerung', '520101');
  INSERT INTO tweb_penduduk_umur (config_id, nama, dari, sampai, status) VALUES (#, 'Balita', 0, 5, 1);
  INSERT INTO setting_aplikasi (config_id, judul, \`key\`, value) VALUES (#, 'Judul', 'judul', 'Desa #'), (#, 'Sebutan', 'sebutan_desa', 'Desa');
  INSERT INTO user (id, config_id, username, password, nama) VALUES (#, #, 'admin', 'sandi-#', 'Admin #');
  INSERT INTO kategori (id, config_id, kategori) VALUES (#, #, 'Berita #');
  INSERT INTO tweb_wil_clusterdesa (id, config_id, rt, rw, dusun) VALUES (#, #, '1', '1', 'Timur');
  INSERT INTO tweb_keluarga (id, config_id, no_kk, id_cluster) VALUES (#, #, '52011400000000#', #);
  INSERT INTO tweb_penduduk (id, config_id, nama, nik, id_kk, kk_level, sex, agama_id, id_cluster) VALUES
    (#00, #, 'Amaq # é', '52011401010000#', #, 1, 1, 1, #), (#01, #, '', NULL, #, 1, 2, 1, #);
  UPDATE tweb_keluarga SET nik_kepala = #00 WHERE id = #;
  INSERT INTO catatan (id_pend, isi) VALUES (#00, 'milik #');
  INSERT INTO artikel (config_id, isi, id_kategori, id_user, judul, gambar) VALUES (#, 'isi "#"\\n', #, #, 'Judul #', NULL)`;

/** A schema as OpenSID shares it between three desa, at that server. Returns nothing: read it. */
export async function makeSharedSchema(serverUrl: string, schema: string): Promise<void> {
  const connection = await createConnection({ ...connectionOptions(new Secret(serverUrl)), multipleStatements: true });
  await connection.query('CREATE DATABASE ?? CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci', [schema]);
  await connection.changeUser({ database: schema });
  await connection.query(readFileSync(TABLES, 'utf8'));
  await connection.query(COMMON);
  for (const [at, kode] of SHARED_KODES.entries()) {
    const own = OWN.replaceAll('#', String(11 + at)).replace('@key', SHARED_KEYS[at] ?? '');
    await connection.query(own.replace('@kode', kode.replaceAll('.', '')));
  }
  // Of the kabupaten: everybody's.
  await connection.query("INSERT INTO kategori (id, config_id, kategori) VALUES (5, NULL, 'Kabupaten')");
  await connection.query('CREATE VIEW penduduk_hidup AS SELECT * FROM tweb_penduduk WHERE status_dasar = 1');
  await connection.end();
}
