import { userInfo } from 'node:os';
import { type Config, readConfig } from '../../src/config.ts';
import type { Actor } from '../../src/domain/access.ts';
import { Invalid } from '../../src/domain/errors.ts';
import type { Toolbox } from '../../src/domain/ports.ts';
import type { Queue } from '../../src/domain/ports-jobs.ts';
import type { Output } from './output.ts';

/** Which Pendopo we speak to, whether it runs or not. */
export interface Place {
  readonly config: Config;
  /** Pendopo brings its own MariaDB; false: the operator named another one. */
  readonly ownDatabase: boolean;
  readonly output: Output;
}

/** A Pendopo that runs. */
export interface Session extends Place {
  readonly tools: Toolbox;
  readonly actor: Actor;
  close(): Promise<void>;
}

/** How long a connection may take to say goodbye. */
const CLOSE_MS = 2_000;

/** @throws Invalid when the settings are wrong */
export function readPlace(env: Readonly<Record<string, string | undefined>>, output: Output): Place {
  try {
    // Its lines would stand among the answers.
    const config = readConfig({ ...env, PENDOPO_LOG_LEVEL: 'silent' });
    return { config, ownDatabase: (env.DATABASE_URL ?? '').trim() === '', output };
  } catch (error) {
    throw new Invalid('pengaturan-salah', error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** @throws Unavailable when Pendopo does not run */
export async function openSession(place: Place, env: Readonly<Record<string, string | undefined>>): Promise<Session> {
  // Loaded only now: the libraries behind them take longer than showing a help text or refusing a wrong word.
  const { requireRecords } = await import('./reach.ts');
  await requireRecords(place);
  const { wire } = await import('../../src/wiring.ts');
  const { tools, close } = await wire(place.config, 'cli');
  return {
    ...place,
    tools: { ...tools, queue: patientBell(place, tools.queue) },
    actor: { id: 'cli', username: `cli:${unixUser(env)}`.slice(0, 60), role: 'superadmin', wilayah: null },
    close: () => Promise.race([close(), tools.clock.sleep(CLOSE_MS)]),
  };
}

/** Without Redis the job stands on record all the same; waiting for the bell would only hold up the person who asked. */
function patientBell({ config, output }: Place, bell: Queue): Queue {
  let answers: Promise<boolean> | null = null;
  return {
    async ring(jobId, epoch) {
      answers ??= import('./reach.ts').then(({ redisAnswers }) => redisAnswers(config.redisUrl));
      if (await answers) return bell.ring(jobId, epoch);
      output.note('Redis tidak menjawab. Pekerjaan tetap tercatat dan dimulai paling lambat begitu Redis hidup lagi.');
    },
  };
}

/** Who really sits there, also behind sudo. */
function unixUser(env: Readonly<Record<string, string | undefined>>): string {
  return (process.getuid?.() === 0 ? env.SUDO_USER : undefined) ?? userInfo().username;
}
