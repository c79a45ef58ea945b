import { explain } from '../domain/errors.ts';
import type { Toolbox } from '../domain/ports.ts';
import type { SharedSource } from '../domain/shared.ts';

/** Copies what was asked for, one after the other. One worker at a time; a copy that a dead worker has begun is begun again. */
export async function copySources(tools: Toolbox, signal: AbortSignal): Promise<void> {
  const waiting = (await tools.sharedSources.list()).filter(({ state }) => state === 'asked' || state === 'copying');
  if (waiting.length === 0) return;
  await tools.locks.tryLock('sumber gabungan', async () => {
    for (const { name } of waiting) {
      // Another worker may have copied it, or a person taken it away, while we waited for our turn.
      const now = await tools.sharedSources.find(name);
      if (signal.aborted || now === null || (now.state !== 'asked' && now.state !== 'copying')) continue;
      await copySource(tools, now, signal);
    }
  });
}

async function copySource(tools: Toolbox, source: SharedSource, signal: AbortSignal): Promise<void> {
  const { name, schema, kind, place, urlRef } = source;
  await tools.sharedSources.save(name, { state: 'copying', finding: null });
  const copiedAt = tools.clock.now();
  try {
    if (kind === 'server' && urlRef !== null) await tools.sharedDatabases.fetch(await tools.vault.read(urlRef), schema, signal);
    else await tools.sharedDatabases.load(tools.files.path(dumpKey(place)), schema, signal);
    await tools.sharedSources.save(name, { state: 'ready', copiedAt });
  } catch (error) {
    // A worker that is shut down has found nothing; the next one begins again.
    if (signal.aborted) return;
    tools.log.warn({ err: error, source: name }, 'shared database not copied');
    await tools.sharedSources.save(name, { state: 'failed', finding: explain(error).slice(0, 1_000) });
  }
}

/** Where dumps must lie to be taken. */
export function dumpKey(file: string): string {
  return `pindahan/${file}`;
}
