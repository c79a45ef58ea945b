import { hostname } from 'node:os';
import { readConfig } from '../src/config.ts';
import { wire } from '../src/wiring.ts';
import { WORKFLOWS } from '../src/workflows/catalogue.ts';
import { keepCertified, keepOrdering } from './certificates.ts';
import { keepFeeding } from './feed.ts';
import { keepWatching } from './health.ts';
import { answer, LEASE_MS } from './jobs.ts';
import { keepMachineDays } from './machine.ts';
import { keepPool } from './pool.ts';
import { keepCaring, keepLongTasks, keepReconciling, keepTelling } from './reconcile.ts';
import { keepRegistered } from './registrations.ts';
import { keepSources } from './sources.ts';
import { keepSummarised } from './summaries.ts';

/** How long running steps get to stop by themselves. */
const GRACE_MS = 8_000;

const config = readConfig(process.env);
const { tools, listen, close } = await wire(config, 'worker');
const shutdown = new AbortController();
const shift = {
  tools,
  workflows: WORKFLOWS,
  leaseMs: LEASE_MS,
  holder: `${hostname()}/${process.pid}`.slice(-60),
  shutdown: shutdown.signal,
};

const running = new Set<Promise<void>>();
const ears = listen(async (jobId) => {
  const work = answer(shift, jobId);
  running.add(work);
  await work;
  running.delete(work);
});
const reconciling = Promise.all([
  keepReconciling(tools, config.concurrency * 4, shutdown.signal),
  keepCaring(tools, shift.holder, shutdown.signal),
  keepTelling(tools, shift.holder, shutdown.signal),
  keepLongTasks(tools, shift.holder, shutdown.signal),
  keepPool(tools, shutdown.signal),
  keepCertified(tools, shutdown.signal),
  keepOrdering(tools, shift.holder, shutdown.signal),
  keepRegistered(tools, shutdown.signal),
  keepFeeding(tools, shutdown.signal),
  keepSummarised(tools, shift.holder, shutdown.signal),
  keepSources(tools, shutdown.signal),
  keepMachineDays(tools, shutdown.signal),
  keepWatching(tools, shutdown.signal),
]);
tools.log.info({ holder: shift.holder, concurrency: config.concurrency }, 'worker ready');

async function stop(signal: NodeJS.Signals): Promise<void> {
  if (shutdown.signal.aborted) return;
  tools.log.info({ signal }, 'worker stops: running jobs go on in another worker');
  shutdown.abort('shutdown');
  setTimeout(() => process.exit(1), GRACE_MS).unref();
  await Promise.allSettled([...running, reconciling]);
  await ears.close();
  await close();
  process.exit(0);
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    stop(signal).catch((error: unknown) => {
      tools.log.error({ err: error }, 'worker did not stop cleanly');
      process.exit(1);
    });
  });
}
