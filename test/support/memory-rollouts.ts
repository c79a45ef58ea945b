import type { Rollouts, Schedules } from '../../src/domain/ports-jobs.ts';
import type { Member, Rollout } from '../../src/domain/rollout.ts';
import { type Schedule, type ScheduleRun, TASK_NAMES, TASKS } from '../../src/domain/schedule.ts';

export interface RolloutMemory {
  readonly rollouts: Map<string, Rollout>;
  readonly members: Map<string, Member[]>;
  readonly schedules: Map<string, Schedule>;
  readonly runs: ScheduleRun[];
  readonly pins: Set<string>;
  readonly bars: Map<string, string>;
}

export function emptyRollouts(): RolloutMemory {
  return { rollouts: new Map(), members: new Map(), schedules: new Map(), runs: [], pins: new Set(), bars: new Map() };
}

export function rolloutsIn(memory: RolloutMemory, now: () => Date): Rollouts {
  return {
    async create(made) {
      for (const { rollout, members } of made) {
        memory.rollouts.set(rollout.id, { ...rollout, state: 'running', reason: null, createdAt: now(), endedAt: null });
        const fresh = { forgiven: false, lockedMs: null, startedAt: null, endedAt: null } as const;
        memory.members.set(
          rollout.id,
          members.map(({ held, ...member }) => ({
            ...{ ...member, ...fresh, state: held === undefined ? 'waiting' : 'kept-out', fingerprint: held?.fingerprint ?? null },
          })),
        );
      }
      return true;
    },
    find: async (id) => memory.rollouts.get(id) ?? null,
    list: async ({ state, work, app, tag, within, limit }) =>
      [...memory.rollouts.values()]
        .filter((one) => state === undefined || state.includes(one.state))
        .filter((one) => (work ?? one.work) === one.work && (app ?? one.app) === one.app && (tag ?? one.tag) === one.tag)
        .filter(({ id }) => !within || (memory.members.get(id) ?? []).some(({ kode }) => kode.startsWith(within)))
        .sort((a, b) => b.id.localeCompare(a.id))
        .slice(0, limit),
    members: async (id) => memory.members.get(id) ?? [],
    tally: async (ids, within) =>
      new Map(
        ids.map((id) => {
          const members = (memory.members.get(id) ?? []).filter(({ kode }) => within === null || kode.startsWith(within));
          const states = [...Map.groupBy(members, ({ state }) => state)];
          return [id, Object.fromEntries(states.map(([state, of]) => [state, of.length]))];
        }),
      ),
    async save(id, change) {
      const found = memory.rollouts.get(id);
      if (found !== undefined) memory.rollouts.set(id, { ...found, ...change });
    },
    async saveMembers(id, positions, change) {
      const members = memory.members.get(id) ?? [];
      memory.members.set(
        id,
        members.map((member) => (positions.includes(member.position) ? { ...member, ...change } : member)),
      );
    },
    pinned: async () => memory.pins,
    async pin(id) {
      memory.pins.add(id);
    },
    async unpin(id) {
      memory.pins.delete(id);
    },
    barred: async (app) =>
      new Map([...memory.bars].flatMap(([key, reason]) => (key.startsWith(`${app} `) ? [[key.slice(app.length + 1), reason]] : []))),
    async bar(app, tag, reason) {
      memory.bars.set(`${app} ${tag}`, reason);
    },
    async unbar(app, tag) {
      memory.bars.delete(`${app} ${tag}`);
    },
  };
}

export function schedulesIn(memory: RolloutMemory, now: () => Date): Schedules {
  return {
    list: async () =>
      TASK_NAMES.map(
        (task) => memory.schedules.get(task) ?? { task, pattern: TASKS[task].pattern, enabled: true, window: null, since: now() },
      ),
    async save(schedule) {
      memory.schedules.set(schedule.task, schedule);
    },
    async owe(task, due) {
      memory.runs.unshift({ task, due, state: 'queued', note: null, endedAt: null });
      return true;
    },
    queued: async () => memory.runs.filter(({ state }) => state === 'queued'),
    async end() {
      throw new Error('this memory runs no task');
    },
    runs: async (limit) => memory.runs.slice(0, limit),
  };
}
