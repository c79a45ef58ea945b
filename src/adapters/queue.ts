import { setTimeout as delay } from 'node:timers/promises';
import { Queue as BullQueue, Worker as BullWorker } from 'bullmq';
import { Redis } from 'ioredis';
import type { Queue } from '../domain/ports-jobs.ts';
import type { Log } from '../domain/ports-world.ts';
import type { Secret } from '../domain/secret.ts';

/**
 * The doorbell. A message is a job id, nothing more; what is to be done stands in MariaDB. A message may come twice
 * or never: the desa's lease makes the first harmless, the reconciler makes up for the second.
 */
export interface OpenQueue extends Queue {
  /** Whether Redis answers. */
  ping(): Promise<boolean>;
  /** Messages that wait, for the metrics. */
  waiting(): Promise<number>;
  close(): Promise<void>;
}

/** While Redis is away the library waits for it without an end; whoever asked for a job must not. */
const RING_MS = 2_000;
/** Long enough that a busy event loop does not lose it, short enough that a dead worker's message is soon free. */
const LOCK_MS = 10_000;
const STALLED_MS = 5_000;

export function openQueue(redisUrl: Secret, instance: string, log: Log): OpenQueue {
  const connection = connect(redisUrl, log, { enableOfflineQueue: false, maxRetriesPerRequest: 1 });
  const queue = new BullQueue<{ jobId: string }>(queueName(instance), {
    connection,
    defaultJobOptions: { removeOnComplete: true, removeOnFail: true, attempts: 1 },
  });
  queue.on('error', (error) => log.debug({ err: error }, 'queue error'));
  return {
    async ring(jobId, epoch) {
      try {
        await within(RING_MS, queue.add('job', { jobId }, { jobId: `${jobId}_${epoch}` }));
      } catch (error) {
        // Not ringing is no failure: the job is on record and the reconciler rings again.
        log.warn({ err: error, job: jobId }, 'could not ring');
      }
    },
    async ping() {
      try {
        return (await connection.ping()) === 'PONG';
      } catch (error) {
        log.debug({ err: error }, 'redis does not answer');
        return false;
      }
    },
    waiting: () => queue.getWaitingCount(),
    async close() {
      await queue.close();
      connection.disconnect();
    },
  };
}

/** Listens for the bell. `handle` must not throw for a failed job: what failed stands on record. */
export function listen(
  redisUrl: Secret,
  instance: string,
  concurrency: number,
  log: Log,
  handle: (jobId: string) => Promise<void>,
): { close(): Promise<void> } {
  const connection = connect(redisUrl, log, { maxRetriesPerRequest: null });
  const worker = new BullWorker<{ jobId: string }>(queueName(instance), async (message) => handle(message.data.jobId), {
    connection,
    concurrency,
    lockDuration: LOCK_MS,
    stalledInterval: STALLED_MS,
    maxStalledCount: 3,
  });
  worker.on('error', (error) => log.debug({ err: error }, 'queue worker error'));
  return {
    async close() {
      await worker.close();
      connection.disconnect();
    },
  };
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const limit = new AbortController();
  const late = delay(ms, undefined, { signal: limit.signal }).then(() => Promise.reject(new Error(`no answer within ${ms} ms`)));
  try {
    return await Promise.race([work, late]);
  } finally {
    limit.abort();
    // Whichever of the two comes second has nobody left to hear of it.
    Promise.allSettled([work, late]).catch(() => undefined);
  }
}

function queueName(instance: string): string {
  return `${instance}-jobs`;
}

function connect(url: Secret, log: Log, options: { maxRetriesPerRequest: number | null; enableOfflineQueue?: boolean }): Redis {
  const text = url.expose();
  const retry = { ...options, retryStrategy: (times: number) => Math.min(times * 200, 2_000) };
  const redis = text.startsWith('unix://') ? new Redis({ ...retry, path: text.slice('unix://'.length) }) : new Redis(text, retry);
  // Without a listener a lost connection would end the process.
  redis.on('error', (error) => log.debug({ err: error }, 'redis connection error'));
  return redis;
}
