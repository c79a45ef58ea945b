/** Keeps schemas loaded in advance, so that installing a desa need not wait for its tables to be made. */
import type { PoolTemplate } from '../domain/pool.ts';
import type { Toolbox } from '../domain/ports.ts';
import { templateFile, templateLabel } from './steps/template.ts';

/** How long to wait for another worker that tends the pool: it does the work, so there is none for us. */
const LOCK_MS = 300;
const PAUSE_MS = 250;

/**
 * One round: drops what nobody will use and fills what is missing, while no job is active. May be ended anywhere, by a
 * signal or by a kill; the next round cleans up.
 */
export async function tendPool(tools: Toolbox, signal: AbortSignal): Promise<void> {
  const { pool, locks } = tools;
  const hasWork = async (): Promise<boolean> => (await pool.hasLeftovers()) || (await fillable(tools)) !== undefined;
  if (!(await hasWork()) || !(await pool.isQuiet())) return;
  const impatience = AbortSignal.timeout(LOCK_MS);
  const held = { lock: false };
  try {
    await locks.withLock('pool', AbortSignal.any([signal, impatience]), async () => {
      held.lock = true;
      await dropLeftovers(tools);
      for (let next = await fillable(tools); next !== undefined && (await pool.isQuiet()); next = await fillable(tools)) {
        await fill(next, tools, signal);
      }
    });
  } catch (error) {
    if (held.lock || !impatience.aborted) throw error;
  }
}

/** A template whose dump is still being made by its first job has to wait. */
async function fillable({ pool, files }: Toolbox): Promise<PoolTemplate | undefined> {
  for (const wanted of await pool.missing()) if (await files.exists(templateFile(wanted.template))) return wanted;
  return undefined;
}

async function dropLeftovers({ pool, databases }: Toolbox): Promise<void> {
  for (const schema of await pool.condemn()) {
    await databases.dropSchema(schema);
    await pool.forget(schema);
  }
}

async function fill({ app, template }: PoolTemplate, tools: Toolbox, signal: AbortSignal): Promise<void> {
  const { pool, databases, files, log } = tools;
  const { database } = tools.apps.entry(app).manifest;
  if (database === null) return;
  const schema = `${tools.facts.instance}_kolam_${tools.ids.next().toLowerCase()}`;
  const begun = tools.clock.elapsed();
  await pool.begin(schema, template);
  await databases.load(schema, files.path(templateFile(template)), templateLabel(template), database, signal, () =>
    untilQuiet(tools, signal),
  );
  if (await pool.finish(schema)) {
    log.info({ app, template, schema, ms: Math.round(tools.clock.elapsed() - begun) }, 'schema loaded in advance');
    return;
  }
  // Another worker held this one for dead.
  await databases.dropSchema(schema);
}

/** Jobs go first: the load stands still while there is one. */
async function untilQuiet({ pool, clock }: Toolbox, signal: AbortSignal): Promise<void> {
  while (!(await pool.isQuiet())) await clock.sleep(PAUSE_MS, signal);
}
