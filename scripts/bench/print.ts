import { arch, cpus, totalmem } from 'node:os';
import Table from 'cli-table3';

/** A table with a title; numbers stand to the right, the first column to the left. */
export function printTable(title: string, head: readonly string[], rows: readonly (readonly string[])[]): void {
  const table = new Table({
    head: [...head],
    colAligns: head.map((_, column) => (column === 0 ? 'left' : 'right')),
    style: { head: [], border: [] },
  });
  for (const row of rows) table.push([...row]);
  console.log(`\n${title}\n${table.toString()}`);
}

/** What the figures were measured on. */
export function machine(): string {
  return `${cpus().length} inti ${arch()}, memori ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}`;
}
