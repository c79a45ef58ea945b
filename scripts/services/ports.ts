import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Conflict } from '../../src/domain/errors.ts';
import { isPortFree } from './answers.ts';

export interface WantedPort {
  /** The setting it comes from. */
  readonly variable: string;
  readonly what: string;
  readonly host: string;
  readonly port: number;
  /** Somebody asked for exactly this one. */
  readonly fixed: boolean;
}

const TRIES = 100;

/**
 * The ports to listen on. A taken one is an error, except where `mayMove` allows the next free one; that choice is
 * remembered in the data folder, since the addresses of the desa contain it.
 * @throws Conflict
 */
export async function settlePorts(
  wanted: readonly WantedPort[],
  options: { dataFolder: string; mayMove: boolean; tell: (text: string) => void },
): Promise<Readonly<Record<string, number>>> {
  const file = join(options.dataFolder, 'ports.json');
  const remembered = options.mayMove ? readPorts(file) : {};
  const settled: Record<string, number> = {};
  for (const want of wanted) {
    settled[want.variable] = await settlePort(want, remembered[want.variable] ?? want.port, Object.values(settled), options);
  }
  if (options.mayMove) writeFileSync(file, `${JSON.stringify(settled)}\n`);
  return settled;
}

async function settlePort(
  want: WantedPort,
  first: number,
  taken: readonly number[],
  { mayMove, tell }: { mayMove: boolean; tell: (text: string) => void },
): Promise<number> {
  const start = want.fixed ? want.port : first;
  const last = mayMove && !want.fixed ? start + TRIES : start;
  for (let port = start; port <= last; port += 1) {
    if (taken.includes(port) || !(await isPortFree(want.host, port))) continue;
    if (port !== want.port) tell(`Port ${want.port} sedang dipakai program lain; ${want.what} memakai port ${port}.`);
    return port;
  }
  throw new Conflict('port-terpakai', `Port ${start} untuk ${want.what} sedang dipakai program lain.`, {
    advice: `Hentikan program itu, atau pilih port lain: ${want.variable}=${start + 1}.`,
  });
}

function readPorts(file: string): Readonly<Record<string, number>> {
  if (!existsSync(file)) return {};
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof parsed !== 'object' || parsed === null) return {};
    return Object.fromEntries(Object.entries(parsed).filter(([, port]) => Number.isInteger(port)));
  } catch {
    return {}; // cut off while it was written: only a preference is lost
  }
}
