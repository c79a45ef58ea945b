import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Conflict } from '../../src/domain/errors.ts';
import { sendSignal, startOf } from './process.ts';

/** Which processes of this data folder run: ourselves and the children we started. */
export interface Ledger {
  note(name: string, pid: number): void;
  /** We have stopped, and so has everything in it. */
  close(): void;
}

interface Entry {
  readonly name: string;
  readonly pid: number;
  readonly start: string;
}

const SUPERVISOR = 'supervisor';
const ORPHAN_GRACE_MS = 15_000;

/**
 * Takes the data folder for this process. Children of an earlier run that was killed outright are still on their way
 * down (the kernel told them to stop): they are waited for, then ended.
 * @throws Conflict while another Pendopo runs on the same folder
 */
export async function openLedger(dataFolder: string, tell: (text: string) => void): Promise<Ledger> {
  const file = join(dataFolder, 'processes.json');
  const alive = readEntries(file).filter(isAlive);
  const other = alive.find(({ name }) => name === SUPERVISOR);
  if (other !== undefined) {
    throw new Conflict('folder-data-dipakai', `Folder data ${dataFolder} sedang dipakai Pendopo lain (proses ${other.pid}).`, {
      advice: `Hentikan dahulu yang itu (kill ${other.pid}), atau pakai folder lain: PENDOPO_DATA=/folder/lain.`,
    });
  }
  if (alive.length > 0) await endOrphans(alive, tell);

  const entries = new Map<string, Entry>();
  const ledger: Ledger = {
    note(name, pid) {
      const start = startOf(pid);
      if (start !== null) entries.set(name, { name, pid, start });
      writeFileSync(`${file}.new`, `${JSON.stringify([...entries.values()], null, 1)}\n`, { mode: 0o600 });
      renameSync(`${file}.new`, file);
    },
    close: () => rmSync(file, { force: true }),
  };
  ledger.note(SUPERVISOR, process.pid);
  return ledger;
}

async function endOrphans(orphans: readonly Entry[], tell: (text: string) => void): Promise<void> {
  tell(`Menunggu proses lama berhenti: ${orphans.map(({ name }) => name).join(', ')} …`);
  for (const { pid } of orphans) sendSignal(pid, 'SIGTERM');
  const deadline = Date.now() + ORPHAN_GRACE_MS;
  while (orphans.some(isAlive) && Date.now() < deadline) await delay(100);
  for (const { pid } of orphans.filter(isAlive)) sendSignal(-pid, 'SIGKILL');
}

function isAlive(entry: Entry): boolean {
  return startOf(entry.pid) === entry.start;
}

function readEntries(file: string): readonly Entry[] {
  if (!existsSync(file)) return [];
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return Array.isArray(parsed) ? parsed.filter(isEntry) : [];
  } catch {
    return []; // cut off by a power failure: after that none of its processes lives
  }
}

function isEntry(value: unknown): value is Entry {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    typeof value.name === 'string' &&
    'pid' in value &&
    typeof value.pid === 'number' &&
    'start' in value &&
    typeof value.start === 'string'
  );
}
