import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';
import { paint } from '../terminal/screen.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'right';
  /** May be narrowed, and broken into lines, to fit a terminal. */
  readonly flexible?: true;
  /** Left out, the last one first, where the terminal is too narrow even so. */
  readonly spare?: true;
}

const GAP = 2;
const NARROWEST = 12;
const NO_FRAME = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
  ...{ left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: ' '.repeat(GAP) },
};

/** Rows below a head, without a frame so that they can be selected, copied and searched. @param width null: no limit */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], width: number | null): string {
  const widths = widthsOf(columns, rows, width);
  const last = columns.findLastIndex(({ spare }) => spare === true);
  if (width !== null && last >= 0 && fullWidth(widths) > width) {
    return table(
      columns.toSpliced(last, 1),
      rows.map((row) => row.toSpliced(last, 1)),
      width,
    );
  }
  const shape = new Table({
    head: columns.map(({ title }) => paint('bold', title)),
    chars: NO_FRAME,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colAligns: columns.map(({ align }) => align ?? 'left'),
    colWidths: [...widths],
    wordWrap: true,
  });
  for (const row of rows) shape.push([...row]);
  return shape
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Label and value, a pair a line. */
export function pairs(rows: readonly (readonly [string, string])[]): string {
  const longest = Math.max(0, ...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `${paint('dim', label.padEnd(longest))}  ${value}`).join('\n');
}

function widthsOf(columns: readonly Column[], rows: readonly (readonly string[])[], width: number | null): readonly number[] {
  const widths = columns.map(({ title }, index) => Math.max(lengthOf(title), ...rows.map((row) => lengthOf(row[index] ?? ''))));
  if (width === null) return widths;
  while (fullWidth(widths) > width) {
    const widest = widestFlexible(columns, widths);
    if (widest === null) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

function widestFlexible(columns: readonly Column[], widths: readonly number[]): number | null {
  let found: number | null = null;
  columns.forEach(({ flexible }, index) => {
    const own = widths[index] ?? 0;
    if (flexible === true && own > NARROWEST && (found === null || own > (widths[found] ?? 0))) found = index;
  });
  return found;
}

/** Of its longest line, as it is seen. */
function lengthOf(text: string): number {
  return Math.max(
    ...stripVTControlCharacters(text)
      .split('\n')
      .map((line) => line.length),
  );
}

function fullWidth(widths: readonly number[]): number {
  return widths.reduce((total, one) => total + one + GAP, -GAP);
}
