import type { TestDatabase } from './services.ts';

/** A combined schema with the columns of OpenSID's that summaries read, and the rows of the desa number 2 and 3. */
export async function fillCombined(database: TestDatabase, schema: string): Promise<void> {
  await database.sql('CREATE DATABASE ?? CHARACTER SET utf8mb4', [schema]);
  const inside = async (statement: string) => database.sql(statement.replaceAll('@', `${schema}.`));
  const id = 'config_id BIGINT, id BIGINT, PRIMARY KEY (config_id, id)';
  for (const table of [
    `tweb_penduduk (${id}, nama VARCHAR(100), nik VARCHAR(16), sex BIGINT, tanggallahir DATE, status_dasar BIGINT, pendidikan_kk_id BIGINT, agama_id BIGINT)`,
    `log_penduduk (${id}, id_pend BIGINT, kode_peristiwa BIGINT)`,
    `tweb_penduduk_umur (${id}, dari BIGINT, sampai BIGINT, status BIGINT)`,
    `tweb_keluarga (${id}, nik_kepala BIGINT)`,
    `tweb_rtm (${id})`,
    `artikel (${id}, enabled BIGINT)`,
    `program (${id}, nama VARCHAR(100))`,
    `program_peserta (${id}, program_id BIGINT)`,
    `log_surat (${id}, status BIGINT, deleted_at DATETIME)`,
    'tweb_penduduk_pendidikan_kk (id INT PRIMARY KEY, nama VARCHAR(50))',
    'tweb_penduduk_agama (id INT PRIMARY KEY, nama VARCHAR(50))',
  ])
    await inside(`CREATE TABLE @${table}`);
  await inside("INSERT INTO @tweb_penduduk_pendidikan_kk VALUES (1, 'BELUM SEKOLAH'), (5, 'SLTA')");
  await inside('INSERT INTO @tweb_penduduk_umur VALUES (1, 1, 0, 17, 1), (1, 2, 18, 99999, 1), (1, 3, 0, 5, 0)');
  for (const n of [2, 3]) {
    const own = (at: number) => n * 10_000_000 + at;
    // Born on the day after a birthday, on it, without a day; one who died, one of whom the notes say that she moved.
    await inside(`INSERT INTO @tweb_penduduk VALUES
      (${n}, ${own(1)}, 'A', '1', 1, '2008-11-24', 1, 5, 1), (${n}, ${own(2)}, 'B', '2', 2, '2008-11-26', 1, 1, 1),
      (${n}, ${own(3)}, 'C', '3', NULL, NULL, 1, NULL, 1), (${n}, ${own(4)}, 'D', '4', 1, '1940-01-01', 2, 5, 1),
      (${n}, ${own(5)}, 'E', '5', 2, '1990-06-01', 1, 5, 0)`);
    await inside(`INSERT INTO @log_penduduk VALUES (${n}, ${own(1)}, ${own(1)}, 3), (${n}, ${own(2)}, ${own(1)}, 5),
      (${n}, ${own(3)}, ${own(4)}, 2), (${n}, ${own(4)}, ${own(5)}, 1), (${n}, ${own(5)}, ${own(5)}, 3)`);
    await inside(`INSERT INTO @tweb_keluarga VALUES (${n}, ${own(1)}, ${own(1)}), (${n}, ${own(2)}, ${own(4)}), (${n}, ${own(3)}, NULL)`);
    // Printed, a draft, printed and thrown into the bin.
    await inside(`INSERT INTO @log_surat VALUES (${n}, ${own(1)}, 1, NULL), (${n}, ${own(2)}, 0, NULL), (${n}, ${own(3)}, 1, NOW())`);
    await inside(`INSERT INTO @artikel VALUES (${n}, ${own(1)}, 1), (${n}, ${own(2)}, 0)`);
    await inside(`INSERT INTO @program VALUES (${n}, ${own(1)}, '${n === 2 ? 'BLT' : ' blt'}')`);
    await inside(`INSERT INTO @program_peserta VALUES (${n}, ${own(1)}, ${own(1)}), (${n}, ${own(2)}, ${own(1)})`);
  }
}
