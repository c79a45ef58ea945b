import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type, { type Static } from 'typebox';
import type { Toolbox } from '../domain/ports.ts';
import { rhythmWords } from '../domain/rhythm.ts';
import { type Schedule, TASK_NAMES, TASKS } from '../domain/schedule.ts';
import { runTask, saveSchedule } from '../workflows/commands/rollouts.ts';
import { Hours, Moment, Text } from './views.ts';

const tags = ['Jadwal'];
const Task = Type.Object({ task: Type.Enum([...TASK_NAMES]) });

const ScheduleView = Type.Object({
  task: Type.String(),
  label: Type.String(),
  pattern: Type.String({ description: "Minute, hour, day, month, weekday, in the kabupaten's zone." }),
  words: Type.String({ description: 'The pattern in Indonesian words, where it is a daily, weekly or monthly one.' }),
  enabled: Type.Boolean(),
  window: Type.Union([Type.String({ description: 'Hours in which its rollouts begin desa.' }), Type.Null()]),
  next: Type.Union([Moment, Type.Null()]),
});
const RunView = Type.Object({
  task: Type.String(),
  due: Moment,
  state: Type.Enum(['queued', 'done', 'failed']),
  note: Type.Union([Type.String(), Type.Null()]),
});

function scheduleView(tools: Toolbox, { task, pattern, enabled, window }: Schedule): Static<typeof ScheduleView> {
  const next = enabled ? tools.calendar.next(pattern, tools.clock.now()) : null;
  return { task, label: TASKS[task].label, pattern, words: rhythmWords(pattern), enabled, window, next: next?.toISOString() ?? null };
}

export const scheduleRoutes: FastifyPluginAsyncTypebox<{ tools: Toolbox }> = async (app, { tools }) => {
  app.get(
    '/jadwal',
    {
      schema: {
        tags,
        operationId: 'listSchedules',
        summary: 'Scheduled tasks, when they come next, and what came of the last ones',
        response: { 200: Type.Object({ rows: Type.Array(ScheduleView), runs: Type.Array(RunView) }) },
      },
    },
    async () => ({
      rows: (await tools.schedules.list()).map((schedule) => scheduleView(tools, schedule)),
      runs: (await tools.schedules.runs(50)).map(({ task, due, state, note }) => ({ task, due: due.toISOString(), state, note })),
    }),
  );

  app.put(
    '/jadwal/:task',
    {
      schema: {
        tags,
        operationId: 'saveSchedule',
        summary: 'Change when a task comes, or switch it off',
        params: Task,
        body: Type.Object(
          { pattern: Text(60), enabled: Type.Boolean(), window: Type.Optional(Type.Union([Hours, Type.Null()])) },
          { additionalProperties: false },
        ),
        response: { 200: ScheduleView },
      },
    },
    async ({ params, body, actor }) => scheduleView(tools, await saveSchedule(tools, actor, { ...body, task: params.task })),
  );

  app.post(
    '/jadwal/:task/jalankan',
    {
      schema: {
        tags,
        operationId: 'runTask',
        summary: 'Run a task once, now',
        params: Task,
        response: { 202: Type.Object({ ok: Type.Boolean() }) },
      },
    },
    async ({ params, actor }, reply) => {
      await runTask(tools, actor, params.task);
      return reply.code(202).send({ ok: true });
    },
  );
};
