/**
 * A worker process that ends itself with SIGKILL at a chosen moment of a chosen step, once; afterwards it is a worker
 * like any other. Everything else is the real thing. Environment: the configuration, and
 * `KILL_AT=<step>:<before|during|after|undo>` with `KILL_ONCE=<file>`, and `LEASE_MS`.
 */
import { closeSync, openSync } from 'node:fs';
import { readConfig } from '../../src/config.ts';
import type { WorkflowName } from '../../src/domain/job.ts';
import { wire } from '../../src/wiring.ts';
import { WORKFLOWS } from '../../src/workflows/catalogue.ts';
import { POINT_OF_NO_RETURN, type Step, type Workflow } from '../../src/workflows/step.ts';
import { keepFeeding } from '../../workers/feed.ts';
import { answer, LEASE_MS } from '../../workers/jobs.ts';
import { keepCaring, keepReconciling } from '../../workers/reconcile.ts';

const [victim = '', moment = ''] = (process.env.KILL_AT ?? '').split(':');

/** True for the first process that asks. */
function first(): boolean {
  try {
    closeSync(openSync(process.env.KILL_ONCE ?? '', 'wx'));
    return true;
  } catch {
    return false;
  }
}

function die(): void {
  if (first()) process.kill(process.pid, 'SIGKILL');
}

/** Steps that only look: when all is well they have nothing to run, so they are hit while looking. */
const LOOKING = new Set(['check-status', 'wait-until-healthy', 'check-conserved', 'probe-addresses']);

function booby(step: Step): Step {
  if (step.name !== victim) return step;
  const { undo } = step;
  return {
    ...step,
    isDone: async (plan, tools) => {
      if (!LOOKING.has(step.name)) return step.isDone(plan, tools);
      if (moment === 'before') die();
      const timer = moment === 'during' ? setTimeout(die, Number(process.env.KILL_AFTER_MS ?? 20)) : undefined;
      const isDone = await step.isDone(plan, tools);
      die();
      clearTimeout(timer);
      return isDone;
    },
    run: async (plan, tools) => {
      if (moment === 'before') die();
      // Somewhere in the middle: how far it gets differs from run to run, which is the point.
      const timer = moment === 'during' ? setTimeout(die, Number(process.env.KILL_AFTER_MS ?? 20)) : undefined;
      await step.run(plan, tools);
      if (moment === 'after' || moment === 'during') die();
      clearTimeout(timer);
    },
    undo:
      undo === 'keep'
        ? undo
        : async (plan, tools) => {
            if (moment !== 'undo') return undo(plan, tools);
            const timer = setTimeout(die, Number(process.env.KILL_AFTER_MS ?? 20));
            await undo(plan, tools);
            die();
            clearTimeout(timer);
          },
  };
}

function trap(workflow: Workflow): Workflow {
  return { ...workflow, steps: workflow.steps.map((step) => (step === POINT_OF_NO_RETURN ? step : booby(step))) };
}

const config = readConfig(process.env);
const { tools, listen } = await wire(config, 'worker');
const workflows: Record<WorkflowName, Workflow> = {
  install: trap(WORKFLOWS.install),
  remove: trap(WORKFLOWS.remove),
  unarchive: trap(WORKFLOWS.unarchive),
  update: trap(WORKFLOWS.update),
  rollback: trap(WORKFLOWS.rollback),
  backup: trap(WORKFLOWS.backup),
  restore: trap(WORKFLOWS.restore),
  drill: trap(WORKFLOWS.drill),
  rehearse: trap(WORKFLOWS.rehearse),
  configure: trap(WORKFLOWS.configure),
  'change-domain': trap(WORKFLOWS['change-domain']),
  suspend: trap(WORKFLOWS.suspend),
  resume: trap(WORKFLOWS.resume),
};
const shutdown = new AbortController();
const shift = {
  tools,
  workflows,
  leaseMs: Number(process.env.LEASE_MS ?? LEASE_MS),
  holder: `test/${process.pid}`,
  shutdown: shutdown.signal,
};
listen((jobId) => answer(shift, jobId));
process.on('SIGTERM', () => {
  shutdown.abort('shutdown');
  setTimeout(() => process.exit(0), 1_500);
});
await Promise.all([
  keepReconciling(tools, 8, shutdown.signal),
  keepCaring(tools, shift.holder, shutdown.signal),
  keepFeeding(tools, shutdown.signal),
]);
