/**
 * A worker process that ends itself with SIGKILL at a chosen moment of a chosen step, once; afterwards it is a worker
 * like any other. Everything else is the real thing. Environment: the configuration, and
 * `KILL_AT=<step>:<before|during|after|undo>` with `KILL_ONCE=<file>`, and `LEASE_MS`. What is done outside of jobs has no
 * steps: `files.remove` and `backups.remove` stand for the first backup's that is let go.
 */
import { closeSync, openSync } from 'node:fs';
import { readConfig } from '../../src/config.ts';
import type { WorkflowName } from '../../src/domain/job.ts';
import type { Toolbox } from '../../src/domain/ports.ts';
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

/** That piece of work, with the death that is due before, in the midst of, or after it. */
async function mortally<T>(work: () => Promise<T>): Promise<T> {
  if (moment === 'before') die();
  // Somewhere in the middle: how far it gets differs from run to run, which is the point.
  const timer = moment === 'during' ? setTimeout(die, Number(process.env.KILL_AFTER_MS ?? 20)) : undefined;
  const result = await work();
  if (moment !== 'undo') die();
  clearTimeout(timer);
  return result;
}

/** Steps that only look: when all is well they have nothing to run, so they are hit while looking. */
const LOOKING = new Set(['check-status', 'wait-until-healthy', 'check-conserved', 'probe-addresses']);

function booby(step: Step): Step {
  if (step.name !== victim) return step;
  const { undo } = step;
  return {
    ...step,
    isDone: (plan, tools) => (LOOKING.has(step.name) ? mortally(() => step.isDone(plan, tools)) : step.isDone(plan, tools)),
    run: (plan, tools) => mortally(() => step.run(plan, tools)),
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
const { tools: whole, listen } = await wire(config, 'worker');
const removing = (name: string, remove: (key: string) => Promise<void>) => (key: string) =>
  victim === name && (name !== 'files.remove' || key.startsWith('backup/')) ? mortally(() => remove(key)) : remove(key);
const tools: Toolbox = {
  ...whole,
  files: { ...whole.files, remove: removing('files.remove', whole.files.remove) },
  backups: { ...whole.backups, remove: removing('backups.remove', whole.backups.remove) },
};
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
