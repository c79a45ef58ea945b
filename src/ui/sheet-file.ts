import { Readable } from 'node:stream';
import type { SentFile, Visit } from './visit.ts';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/**
 * A table to take along, as CSV or XLSX by what the address asks for (`jenis`).
 * @param name without ending
 * @param rows the first are the headings
 */
export async function sheetFile({ tools, query }: Visit, name: string, rows: readonly (readonly string[])[]): Promise<SentFile> {
  const isXlsx = query.text('jenis') === 'xlsx';
  const bytes = isXlsx ? await tools.sheets.xlsx(rows) : Buffer.from(tools.sheets.csv(rows));
  const type = isXlsx ? XLSX : 'text/csv; charset=utf-8';
  return { kind: 'file', name: `${name}.${isXlsx ? 'xlsx' : 'csv'}`, type, bytes: bytes.length, content: Readable.from(bytes) };
}
