import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readConfig } from '../../src/config.ts';
import type { Actor } from '../../src/domain/access.ts';
import { Conflict } from '../../src/domain/errors.ts';
import type { Toolbox } from '../../src/domain/ports.ts';
import type { KodeDesa } from '../../src/domain/wilayah.ts';
import { wire } from '../../src/wiring.ts';
import { requestInstall } from '../../src/workflows/commands/installations.ts';
import { createTenant } from '../../src/workflows/commands/tenants.ts';
import { type House, supervise } from '../services/supervise.ts';

export interface BenchOptions {
  /** How often to repeat what is measured by repeating. */
  readonly runs: number;
  /** How many desa the fleet of an update, or the combined database, has; null: as the subject likes. */
  readonly desa: number | null;
  /** Data folder that is kept, so that a second run finds what the first has filled; null: a temporary one. */
  readonly folder: string | null;
  readonly signal: AbortSignal;
}

/** A whole Pendopo as `npm start` runs it, in a temporary folder of its own. */
export interface Place {
  readonly house: House;
  readonly tools: Toolbox;
  readonly actor: Actor;
  /** The process that runs under this name now: `web`, `worker-1`, `front`, `mariadb`, `redis`. */
  pidOf(name: string): number;
  /** Asks for an installation as a person does. @returns the job's id */
  install(kode: KodeDesa, app: string, settings?: Readonly<Record<string, string>>, tag?: string): Promise<string>;
  close(): Promise<void>;
}

/** Variables of the operator's own Pendopo that would make the measured one share something with it. */
const OWN = /^(PENDOPO_.*|DATABASE_URL|REDIS_URL)$/;

/** A kept folder says by this file that it is ours to measure in. */
const MARK = 'ukur';

export async function openPlace({ signal, folder: kept }: BenchOptions, settings: Readonly<Record<string, string>> = {}): Promise<Place> {
  const folder = kept === null ? mkdtempSync('/tmp/pdb-') : keptFolder(resolve(kept));
  const name = kept === null ? process.pid.toString(36) : createHash('sha256').update(folder).digest('hex').slice(0, 6);
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !OWN.test(name)));
  const env = {
    ...inherited,
    PENDOPO_DATA: folder,
    PENDOPO_INSTANCE: `b${name}`,
    PENDOPO_LOG_LEVEL: 'warn',
    PENDOPO_FRONT_HOST: '127.0.0.1',
    ...settings,
  };
  const quiet = { tell: () => undefined, stage: async <T>(_text: string, work: () => Promise<T>): Promise<T> => work() };
  const discard = (): void => (kept === null ? rmSync(folder, { recursive: true, force: true }) : undefined);
  try {
    const house = await supervise({ env, mayMovePorts: true, signal, ...quiet });
    return await furnish(house, folder, discard);
  } catch (error) {
    discard();
    throw error;
  }
}

/** @throws Conflict for a folder that holds something else: a Pendopo that somebody works with, above all */
function keptFolder(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const mark = join(folder, MARK);
  if (!existsSync(mark) && readdirSync(folder).length > 0) throw new Conflict('folder-terisi', `Folder ${folder} berisi hal lain.`);
  writeFileSync(mark, '');
  return folder;
}

async function furnish(house: House, folder: string, discard: () => void): Promise<Place> {
  const { tools, close } = await wire(readConfig({ ...house.settings.env, PENDOPO_LOG_LEVEL: 'silent' }), 'bench');
  const actor: Actor = { id: (await tools.users.findByName('admin'))?.id ?? 'bench', username: 'bench', role: 'superadmin', wilayah: null };
  return {
    house,
    tools,
    actor,
    pidOf(name) {
      const entries: unknown = JSON.parse(readFileSync(join(folder, 'processes.json'), 'utf8'));
      const found: unknown = Array.isArray(entries) ? entries.find((entry) => entry.name === name) : undefined;
      if (typeof found === 'object' && found !== null && 'pid' in found && typeof found.pid === 'number') return found.pid;
      throw new Error(`no process named ${name} runs`);
    },
    async install(kode, app, settings = {}, tag) {
      if ((await tools.tenants.find(kode)) === null) await createTenant(tools, actor, { kode });
      return (await requestInstall(tools, actor, { kode, app, settings, ...(tag === undefined ? {} : { tag }) })).jobId;
    },
    async close() {
      const { containers, networks } = await tools.containers.owned();
      for (const name of containers) await tools.containers.remove(name);
      for (const name of networks) await tools.containers.removeNetwork(name);
      await close();
      await house.stop();
      discard();
    },
  };
}
