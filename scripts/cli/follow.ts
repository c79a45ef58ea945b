import { watchJob } from '../../src/api/job-watch.ts';
import { eventView, jobView } from '../../src/api/views.ts';
import { seeJob } from '../../src/api/visible.ts';
import { Unavailable } from '../../src/domain/errors.ts';
import { whileFollowing } from './interrupt.ts';
import { outcomeText } from './job-outcome.ts';
import { endOfEarlierAttempts } from './journal.ts';
import { journalText } from './journal-text.ts';
import { liveLine } from './live-line.ts';
import { commandName } from './output.ts';
import type { Session } from './session.ts';
import type { ExitCode } from './verb.ts';

const TIMES = { pollMs: 250, heartbeatMs: 250, longestMs: Number.POSITIVE_INFINITY };
/** A worker that lives takes a waiting job within a second or two, unless others are before it. */
const LONG_WAIT_MS = 15_000;

/**
 * Shows a job's steps and log as they come until it ends. Programs get NDJSON: each event with its `jobId`, at last
 * `{"kind":"end","jobId":…,"state":…,"job":…}`.
 * @throws NotFound
 */
export async function followJob(session: Session, jobId: string): Promise<ExitCode> {
  const { tools, actor, output } = session;
  const asked = await seeJob(tools, actor, jobId);
  const again = `\nPekerjaan tetap berjalan. Lihat lagi: ${commandName()} pekerjaan ikuti ${jobId}`;
  return whileFollowing(output, again, async () => {
    await showUntilEnd(session, jobId, await endOfEarlierAttempts(tools.jobs, asked));
    const job = await seeJob(tools, actor, jobId);
    const installation = await tools.tenants.installation(job.installationId);
    output.line({ kind: 'end', jobId, state: job.state, job: jobView(job) }, outcomeText(job, installation, tools.clock.now()));
    return job.state === 'succeeded' ? 0 : 1;
  });
}

async function showUntilEnd({ tools, output }: Session, jobId: string, after: number): Promise<void> {
  const text = journalText(tools, jobId);
  const live = liveLine(output);
  const begun = tools.clock.elapsed();
  let hasBegun = false;
  let hasWarned = false;
  // One after the other: a label may have to be looked up first.
  let shown: Promise<void> = Promise.resolve();

  const ended = Promise.withResolvers<void>();
  const watch = watchJob(tools, jobId, TIMES);
  await watch.join({
    after,
    isOpen: () => true,
    send(event) {
      hasBegun ||= event.text === 'running';
      shown = shown.then(async () => {
        const said = output.json ? null : await text.of(event);
        live.around(
          () => output.line({ jobId, ...eventView(event) }, said),
          () => text.current(tools.clock.now()),
        );
      });
      shown.catch(ended.reject);
    },
    beat() {
      live.set(text.current(tools.clock.now()));
      if (hasBegun || hasWarned || tools.clock.elapsed() - begun < LONG_WAIT_MS) return;
      hasWarned = true;
      live.around(() => output.note(`Pekerjaan belum diambil pekerja. Bila tidak ada antrean panjang, periksa: ${commandName()} periksa`));
    },
    drained: () => shown,
    end(state) {
      if (state !== null) return ended.resolve();
      ended.reject(new Unavailable('pekerjaan-tidak-terbaca', 'Pekerjaan ini tidak dapat diikuti lagi: basis data tidak menjawab.'));
    },
  });
  try {
    await ended.promise;
    await shown;
  } finally {
    watch.close();
    live.set(null);
  }
}
