import { FIGURES_TABLE, type FigureRow } from '../domain/combined.ts';
import { quoted } from './gabungan-shape.ts';
import type { Sql } from './mariadb-connection.ts';

/** The figures of one desa, anew: readers see those of before or those of now. */
export async function publishFigures(
  sql: Sql,
  combined: string,
  configId: number,
  rows: readonly FigureRow[],
  madeAt: Date,
): Promise<void> {
  const table = `${quoted(combined)}.${quoted(FIGURES_TABLE)}`;
  await sql.query(
    `CREATE TABLE IF NOT EXISTS ${table} (config_id BIGINT NOT NULL, nomor INT NOT NULL, kelompok VARCHAR(60) NOT NULL, nilai VARCHAR(60) NOT NULL,
     nama VARCHAR(255) NOT NULL, laki BIGINT NULL, perempuan BIGINT NULL, lain BIGINT NULL, jumlah BIGINT NOT NULL, dihitung DATETIME NOT NULL,
     PRIMARY KEY (config_id, nomor), KEY (kelompok, nilai)) ENGINE=InnoDB`,
  );
  const time = madeAt.toISOString().slice(0, 19).replace('T', ' ');
  const values = rows.map(({ group, value, name, male, female, untold, total }, at) => [
    ...[configId, at + 1, group.slice(0, 60), value.slice(0, 60), name.slice(0, 255)],
    ...[male, female, untold, total, time],
  ]);
  await sql.query('START TRANSACTION');
  await sql.query(`DELETE FROM ${table} WHERE config_id = ?`, [configId]);
  if (values.length > 0) await sql.query(`INSERT INTO ${table} VALUES ?`, [values]);
  await sql.query('COMMIT');
}
