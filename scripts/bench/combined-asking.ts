import { tell } from '../terminal/screen.ts';
import type { Query } from './combined-fill.ts';
import type { Kabupaten } from './combined-kabupaten.ts';
import { readerQueries } from './combined-queries.ts';
import { printTable } from './print.ts';
import { decimal } from './stats.ts';

const LONGEST_S = 40;
/** What `docs/OPERATIONS.md` gives read accounts. */
const READER = "optimizer_switch = 'split_materialized=off', tmp_table_size = 268435456, max_heap_table_size = 268435456";
const PLAIN = 'optimizer_switch = DEFAULT, tmp_table_size = DEFAULT, max_heap_table_size = DEFAULT';

/** Questions of readers, in the combined database and in OpenSID's own shared layout. */
export async function measureQueries(query: Query, { combined, shared }: Kabupaten, signal: AbortSignal): Promise<void> {
  tell('Mengirim pertanyaan pembaca …');
  const [someone] = await query(
    `SELECT c.kode_kecamatan, p.nik, p.config_id FROM \`${combined}\`.config c JOIN \`${combined}\`.tweb_penduduk p ON p.config_id = c.id ORDER BY c.id DESC LIMIT 1`,
  );
  const samples = { kodeKecamatan: String(someone?.kode_kecamatan), nik: String(someone?.nik), configId: Number(someone?.config_id) };
  const variants: readonly (readonly [string, string, string])[] = [
    ['bersama (OpenSID)', shared, PLAIN],
    ['gabungan', combined, PLAIN],
    ['gabungan, pengaturan baca', combined, READER],
  ];
  const cells = new Map<string, string[]>();
  for (const [, schema, session] of variants) {
    await query(`SET SESSION ${session}, max_statement_time = ${LONGEST_S}`);
    await query(`USE \`${schema}\``);
    for (const one of readerQueries(samples)) {
      signal.throwIfAborted();
      cells.set(one.name, [...(cells.get(one.name) ?? []), await timeOf(query, one.sql, one.values ?? [])]);
    }
  }
  await query(`SET SESSION ${PLAIN}, max_statement_time = DEFAULT`);
  printTable(
    'Pertanyaan pembaca, dalam milidetik',
    ['Pertanyaan', ...variants.map(([label]) => label)],
    [...cells].map(([name, list]) => [name, ...list]),
  );
}

/** The second time, when what it needs is in memory; of a long one the first. */
async function timeOf(query: Query, sql: string, values: readonly string[]): Promise<string> {
  const took = async (): Promise<number> => {
    const begun = performance.now();
    await query(sql, values);
    return performance.now() - begun;
  };
  try {
    const first = await took();
    const again = first > 15_000 ? first : await took();
    return decimal(again, again < 10 ? 1 : 0);
  } catch {
    return `> ${LONGEST_S} detik`;
  }
}
