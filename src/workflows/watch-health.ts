import type { Toolbox } from '../domain/ports.ts';
import type { Watched } from '../domain/ports-health.ts';

const ANSWER_MS = 2_000;
const AT_ONCE = 32;
/** A container that is started anew is back by then. */
const SECOND_LOOK_MS = 5_000;

/**
 * Looks once at the door of every active app and writes down which are shut. A desa that a job works on is left out: its
 * app may be down on purpose. Who does not answer is asked a second time, so that a start is no silence.
 * @returns how many are silent
 */
export async function watchHealth(tools: Toolbox, signal: AbortSignal): Promise<number> {
  const shut = await thoseShut(tools, await tools.silences.watched());
  if (shut.length > 0) await tools.clock.sleep(SECOND_LOOK_MS, signal);
  const silent = await thoseShut(tools, shut);
  const busy = new Set((await tools.jobs.active()).jobs.map(({ kode }) => kode));
  const found = silent.filter(({ kode }) => !busy.has(kode));
  await tools.silences.replace(found);
  return found.length;
}

async function thoseShut({ http, files }: Toolbox, watched: readonly Watched[]): Promise<readonly Watched[]> {
  const shut: Watched[] = [];
  for (let first = 0; first < watched.length; first += AT_ONCE)
    await Promise.all(
      watched.slice(first, first + AT_ONCE).map(async (one) => {
        if (!(await http.listens(`${files.path(one.runFolder)}/http.sock`, ANSWER_MS))) shut.push(one);
      }),
    );
  return shut;
}
