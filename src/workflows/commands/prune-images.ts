import type { Actor } from '../../domain/access.ts';
import type { Toolbox } from '../../domain/ports.ts';
import { pruneImages } from '../prune-images.ts';
import { requireRollout } from './rollouts.ts';

/** Removes images of old releases now, as the calendar does every week. @returns what was done, in words */
export async function pruneNow(tools: Toolbox, actor: Actor, signal: AbortSignal): Promise<string> {
  requireRollout(actor);
  const done = await pruneImages(tools, signal);
  await tools.audit.note({ actor: actor.username, action: 'prune-images', target: 'images', detail: { done } });
  return done;
}
