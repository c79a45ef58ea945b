import { Unavailable } from '../domain/errors.ts';
import type { OffsiteState } from '../domain/offsite.ts';
import type { Toolbox } from '../domain/ports.ts';

/** The nightly copy of all backups and archives to another place. @returns what was done, for people */
export function copyOffsite(tools: Toolbox, signal: AbortSignal): Promise<string> {
  return withOffsite(tools, async (offsite) => {
    const { addedBytes } = await tools.offsiteStore.copy(offsite, signal);
    await tools.offsites.note({ copiedAt: tools.clock.now(), failure: null });
    return `Disalin; ${(addedBytes / 1e6).toFixed(1)} MB baru.`;
  });
}

/** Whether what was copied can still be read. */
export function checkOffsite(tools: Toolbox, signal: AbortSignal): Promise<string> {
  return withOffsite(tools, async (offsite) => {
    await tools.offsiteStore.check(offsite, signal);
    await tools.offsites.note({ checkedAt: tools.clock.now(), failure: null });
    return 'Salinan luar terbaca utuh.';
  });
}

async function withOffsite(tools: Toolbox, work: (offsite: OffsiteState) => Promise<string>): Promise<string> {
  const offsite = await tools.offsites.find();
  if (offsite === null) return 'Salinan luar belum diatur.';
  try {
    return await work(offsite);
  } catch (error) {
    if (!(error instanceof Unavailable)) await tools.offsites.note({ failure: error instanceof Error ? error.message : String(error) });
    throw error;
  }
}
