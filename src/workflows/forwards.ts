/** Who would go to which release if everybody went forwards now: the monthly update, its rehearsal, and what desa are told of it. */
import { NotFound } from '../domain/errors.ts';
import type { Toolbox } from '../domain/ports.ts';
import type { RolloutWork } from '../domain/rollout.ts';
import { type Chosen, channelsInUse, chooseInstallations } from './compose-rollout.ts';
import { findNewest } from './releases.ts';

/** Desa of one app that take part together, and the release they go to. */
export interface Part {
  /** null: for work that leads to no release. */
  readonly tag: string | null;
  readonly chosen: readonly Chosen[];
}

/** Each channel that is in use to its newest release. */
export async function forwards(tools: Toolbox, app: string, work: RolloutWork): Promise<readonly Part[]> {
  const parts: Part[] = [];
  for (const channel of await channelsInUse(tools, app)) {
    const tag = await newestIn(tools, app, channel);
    if (tag !== null) parts.push({ tag, chosen: await chooseInstallations(tools, { app, work, tag }) });
  }
  return parts;
}

/** null for a channel without a release that may be used: its desa wait, and nobody else does. */
async function newestIn(tools: Toolbox, app: string, channel: string): Promise<string | null> {
  try {
    return (await findNewest(tools, app, channel)).tag;
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
    tools.log.warn({ app, channel, err: error }, 'channel without a release');
    return null;
  }
}
