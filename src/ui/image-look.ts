import { PendopoError } from '../domain/errors.ts';
import type { ReleaseImage } from '../domain/image.ts';
import type { Toolbox } from '../domain/ports.ts';

/** Images come and go by builds and by the weekly pruning only. */
const KEPT_MS = 30_000;
const PATIENCE_MS = 200;
/** Older than this, it would tell of a Docker that may be long gone. */
const LONGEST_MS = 600_000;

interface Look {
  readonly at: number;
  readonly images: readonly ReleaseImage[];
}

interface Memory {
  last: Look | null;
  running: Promise<Look | null> | null;
}

const memories = new WeakMap<Toolbox['containers'], Memory>();

/**
 * What is built, as Docker told it of late. It takes Docker a second or more to tell, so nobody waits for it: null means
 * that the answer is on its way, or that Docker does not answer.
 */
export async function recentImages({ containers, clock, log }: Toolbox): Promise<readonly ReleaseImage[] | null> {
  const memory = memories.get(containers) ?? { last: null, running: null };
  memories.set(containers, memory);
  const last = memory.last !== null && clock.elapsed() - memory.last.at < LONGEST_MS ? memory.last : null;
  if (last !== null && clock.elapsed() - last.at < KEPT_MS) return last.images;
  memory.running ??= containers
    .images()
    .then((images) => {
      memory.last = { at: clock.elapsed(), images };
      return memory.last;
    })
    .catch((error: unknown) => {
      if (!(error instanceof PendopoError)) throw error;
      log.warn({ err: error }, 'images not listed');
      return null;
    })
    .finally(() => {
      memory.running = null;
    });
  const look = await Promise.race([memory.running, clock.sleep(PATIENCE_MS).then(() => last)]);
  return look?.images ?? null;
}
