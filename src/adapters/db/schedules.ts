import { and, asc, desc, eq } from 'drizzle-orm';
import type { Schedules } from '../../domain/ports-jobs.ts';
import type { Clock } from '../../domain/ports-world.ts';
import { TASK_NAMES, TASKS } from '../../domain/schedule.ts';
import { type Database, tellUnavailable } from './client.ts';
import { scheduleRuns, schedules } from './schema-rollouts.ts';

export function createSchedules(db: Database, clock: Clock): Schedules {
  return tellUnavailable<Schedules>({
    async list() {
      const known = await db.select().from(schedules);
      const missing = TASK_NAMES.filter((task) => !known.some((row) => row.task === task));
      if (missing.length === 0) return known;
      // From the first look on: a fresh Pendopo owes nothing for the months before it.
      const made = missing.map((task) => ({ task, pattern: TASKS[task].pattern, enabled: true, window: null, since: clock.now() }));
      await db.insert(schedules).ignore().values(made);
      return db.select().from(schedules);
    },

    async save(schedule) {
      await db.insert(schedules).values(schedule).onDuplicateKeyUpdate({ set: schedule });
    },

    async owe(task, due) {
      const [result] = await db.insert(scheduleRuns).ignore().values({ task, due, state: 'queued', note: null, endedAt: null });
      return result.affectedRows > 0;
    },

    queued: () => db.select().from(scheduleRuns).where(eq(scheduleRuns.state, 'queued')).orderBy(asc(scheduleRuns.due)).limit(20),

    async end({ task, due }, state, note) {
      await db
        .update(scheduleRuns)
        .set({ state, note, endedAt: clock.now() })
        .where(and(eq(scheduleRuns.task, task), eq(scheduleRuns.due, due), eq(scheduleRuns.state, 'queued')));
    },

    runs: (limit) => db.select().from(scheduleRuns).orderBy(desc(scheduleRuns.due)).limit(limit),
  });
}
