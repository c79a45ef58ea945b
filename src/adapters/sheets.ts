import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { readSheet } from 'read-excel-file/node';
import writeXlsx from 'write-excel-file/node';
import { Invalid } from '../domain/errors.ts';
import type { Sheets } from '../domain/ports-sheets.ts';

const ZIP = 'PK\u0003\u0004';
/** Widths of columns count characters. */
const NARROWEST = 12;
const WIDEST = 40;

export const sheets: Sheets = {
  async read(file) {
    try {
      if (file.subarray(0, 4).toString('latin1') !== ZIP) return readCsv(file);
      return (await readSheet(file)).map((row) => row.map((cell) => (cell === null ? '' : String(cell).trim())));
    } catch (error) {
      throw new Invalid('berkas-tidak-terbaca', 'Berkas ini bukan CSV atau XLSX yang dapat dibaca.', {
        cause: error,
        advice: 'Simpan ulang dari program pengolah tabel sebagai XLSX atau CSV (UTF-8), lalu unggah lagi.',
      });
    }
  },

  csv: (rows) =>
    stringify(
      [...rows].map((row) => [...row]),
      { bom: true, escape_formulas: true },
    ),

  // Text cells of XLSX are never run, so they stay as they are.
  xlsx: (rows) =>
    writeXlsx(
      rows.map((row, index) => row.map((value) => (index === 0 ? { value, fontWeight: 'bold' } : { value, type: String }))),
      { columns: (rows[0] ?? []).map((_, column) => ({ width: widthOf(rows.map((row) => row[column] ?? '')) })), stickyRowsCount: 1 },
    ).toBuffer(),
};

function readCsv(file: Buffer): string[][] {
  const text = file.toString('utf8');
  if (text.includes('\u0000') || text.includes('\uFFFD')) throw new TypeError('not text in UTF-8');
  const options = { bom: true, delimiter: delimiterOf(text), relax_column_count: true, skip_empty_lines: false, trim: true } as const;
  return parse(text, options).map((row) => row.map(String));
}

/** The sign that the headings are parted by: Indonesian spreadsheets write semicolons. */
function delimiterOf(text: string): string {
  const head = text.slice(0, text.indexOf('\n') < 0 ? undefined : text.indexOf('\n'));
  return [';', '\t', ','].find((sign) => head.includes(sign)) ?? ',';
}

function widthOf(texts: readonly string[]): number {
  return Math.min(WIDEST, Math.max(NARROWEST, ...texts.map(({ length }) => length + 2)));
}
