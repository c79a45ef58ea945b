import { isActive, type JobEvent, type JobState } from '../domain/job.ts';
import type { Toolbox } from '../domain/ports.ts';

/** Somebody who looks on while a job runs. */
export interface Viewer {
  /** The last event they have already. */
  readonly after: number;
  isOpen(): boolean;
  send(event: JobEvent): void;
  beat(): void;
  /** Resolves once what was sent has left, or nobody is there any more. */
  drained(): Promise<void>;
  /** The job has ended in this state; null: come back later and go on from where you are. */
  end(state: JobState | null): void;
}

export interface WatchOptions {
  readonly pollMs: number;
  readonly heartbeatMs: number;
  /** After this long viewers come back, so that their right to look on is asked again. */
  readonly longestMs: number;
}

export interface Watch {
  /** Sends what the viewer has missed, then what comes. Resolves when the viewer is up to date or gone. */
  join(viewer: Viewer): Promise<void>;
  viewers(): number;
  close(): void;
}

const PAGE = 500;
const SLOW_POLL_MS = 2_000;

interface Seat {
  readonly viewer: Viewer;
  readonly since: number;
  seen: number;
  /** Everything up to here was sent… */
  floor: number;
  /** …and of what is later, these: the poller reads its last pages twice. */
  recent: Set<number>;
  live: boolean;
}

/** Reads one job's journal for all who watch it: the records are asked once, however many look on. */
export function watchJob({ jobs, clock, log }: Toolbox, jobId: string, options: WatchOptions): Watch {
  const seats = new Set<Seat>();
  const stop = new AbortController();
  let isRunning = false;
  let isFailing = false;
  let isEnding = false;
  let lastBeat = clock.elapsed();
  let newest = 0;
  // One poll behind `newest`: of two events written at once the later id may become visible first.
  let tail = 0;

  const live = (): readonly Seat[] => [...seats].filter((seat) => seat.live);
  const deliver = (seat: Seat, events: readonly JobEvent[]): void => {
    for (const event of events) {
      if (event.id <= seat.floor || seat.recent.has(event.id)) continue;
      seat.recent.add(event.id);
      seat.seen = Math.max(seat.seen, event.id);
      seat.viewer.send(event);
    }
  };
  const leave = (seat: Seat, state: JobState | null): void => {
    if (seats.delete(seat)) seat.viewer.end(state);
  };
  const stateOf = async (): Promise<JobState | null> => (await jobs.find(jobId))?.state ?? null;

  /** True when there may be more. */
  const catchUp = async (seat: Seat): Promise<boolean> => {
    const state = await stateOf();
    const from = seat.seen;
    const page = await jobs.events(jobId, from, PAGE);
    seat.floor = from;
    seat.recent = new Set();
    deliver(seat, page);
    await seat.viewer.drained();
    if (!seat.viewer.isOpen()) return false;
    if (page.length === PAGE) return true;
    if (state === null || !isActive(state)) {
      leave(seat, state);
      return false;
    }
    if (live().length === 0) {
      tail = from;
      newest = seat.seen;
    }
    seat.live = seat.seen >= newest;
    return !seat.live;
  };

  /** Gives everybody what is new, and the id of the last event there is. */
  const readOn = async (): Promise<number> => {
    let after = tail;
    for (;;) {
      const page = await jobs.events(jobId, after, PAGE);
      for (const seat of live()) deliver(seat, page);
      after = page.at(-1)?.id ?? after;
      if (page.length < PAGE) return after;
    }
  };
  const poll = async (): Promise<void> => {
    if (live().length === 0) return;
    const state = await stateOf();
    const last = await readOn();
    tail = newest;
    newest = Math.max(newest, last);
    for (const seat of live()) seat.recent = new Set([...seat.recent].filter((id) => id > tail));
    const hasEnded = state === null || !isActive(state);
    // The last lines of the log may be written just after the last state: look once more before the end.
    if (hasEnded && isEnding) for (const seat of live()) leave(seat, state);
    isEnding = hasEnded && !isEnding;
  };

  const lookAfterSeats = (): void => {
    const now = clock.elapsed();
    const beats = now - lastBeat >= options.heartbeatMs;
    if (beats) lastBeat = now;
    for (const seat of seats) {
      if (!seat.viewer.isOpen() || now - seat.since >= options.longestMs) leave(seat, null);
      else if (beats) seat.viewer.beat();
    }
  };

  const run = async (): Promise<void> => {
    while (seats.size > 0 && !stop.signal.aborted) {
      await pause(isFailing ? SLOW_POLL_MS : options.pollMs);
      lookAfterSeats();
      try {
        await poll();
        isFailing = false;
      } catch (error) {
        if (!isFailing) log.warn({ job: jobId, err: error }, 'job watch cannot read; still trying');
        isFailing = true;
      }
    }
    isRunning = false;
  };
  const pause = async (ms: number): Promise<void> => {
    try {
      await clock.sleep(ms, stop.signal);
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    }
  };

  return {
    async join(viewer) {
      const seat: Seat = { viewer, since: clock.elapsed(), seen: viewer.after, floor: viewer.after, recent: new Set(), live: false };
      seats.add(seat);
      if (!isRunning) {
        isRunning = true;
        run().catch((error: unknown) => log.error({ job: jobId, err: error }, 'job watch ended'));
      }
      try {
        while (seats.has(seat) && (await catchUp(seat)));
      } catch (error) {
        log.warn({ job: jobId, err: error }, 'job watch cannot read; viewer sent away');
        leave(seat, null);
      }
    },
    viewers: () => seats.size,
    close() {
      stop.abort();
      for (const seat of [...seats]) leave(seat, null);
    },
  };
}
