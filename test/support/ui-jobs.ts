import type { Cause, Job, JobState, JobStep, StepState, WorkflowName } from '../../src/domain/job.ts';
import { secretRef } from '../../src/domain/plan.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { InstallationState } from '../../src/domain/tenant.ts';
import { digitsOf, parseKodeDesa } from '../../src/domain/wilayah.ts';
import { WORKFLOWS } from '../../src/workflows/catalogue.ts';
import { layOut } from '../../src/workflows/step.ts';
import type { UiWorld } from './ui-world.ts';

export interface ToldJob {
  readonly kode: string;
  readonly state: JobState;
  readonly app?: string;
  readonly workflow?: WorkflowName;
  readonly cause?: Cause;
  readonly at?: Date;
}

export const ADMIN_PASSWORD = 'kT7#pawon-Senja42';

/** A job in this state with its real steps, a log, and what it did to the installation. Ids sort by time. */
export function tellJob(
  world: UiWorld,
  { kode: text, state, app = 'opensid', workflow = 'install', cause, at = world.memory.now }: ToldJob,
): Job {
  const kode = parseKodeDesa(text);
  const id = `01${at.getTime().toString(36).toUpperCase().padStart(12, '0')}${String(world.memory.jobs.size).padStart(12, '0')}`;
  const installationId =
    [...world.memory.installations.values()].find((one) => one.kode === kode && one.app === app)?.id ?? `I${digitsOf(kode)}${app}`;
  const { steps } = layOut(WORKFLOWS[workflow]);
  const reached =
    state === 'queued'
      ? -1
      : state === 'succeeded'
        ? steps.length
        : Math.max(
            2,
            steps.findIndex(({ name }) => name === (cause?.step ?? 'load-data')),
          );
  let clock = at.getTime() + 2000;
  const told = steps.map(({ name, label }, position): JobStep => {
    if (position > reached) return { position, name, label, state: 'pending', attempts: 0, startedAt: null, endedAt: null };
    const startedAt = new Date(clock);
    clock += position === reached ? 2400 : 90 + ((position * 977) % 1900);
    world.memory.events.push({ id: world.memory.events.length + 1, jobId: id, position, at: startedAt, kind: 'log', text: `${label}…` });
    const stepState = stepStateOf(state, position, reached);
    return { position, name, label, state: stepState, attempts: 1, startedAt, endedAt: stepState === 'running' ? null : new Date(clock) };
  });
  if (cause !== undefined)
    world.memory.events.push({
      id: world.memory.events.length + 1,
      jobId: id,
      position: reached,
      at: new Date(clock),
      kind: 'log',
      text: `Gagal: ${cause.message}`,
    });
  const job: Job = {
    id,
    workflow,
    installationId,
    kode,
    app,
    state,
    input: { tag: null, settings: {}, archiveId: null },
    requestedBy: 'admin',
    attempt: 1,
    committed: state === 'succeeded' || state === 'stuck',
    cause: cause ?? null,
    cancelRequested: cause?.code === 'dibatalkan',
    createdAt: at,
    startedAt: state === 'queued' ? null : new Date(at.getTime() + 2000),
    endedAt: state === 'succeeded' || state === 'undone' || state === 'stuck' ? new Date(clock) : null,
  };
  world.put(job, state === 'queued' ? [] : told);
  settle(world, job);
  return job;
}

function stepStateOf(job: JobState, position: number, reached: number): StepState {
  if (job === 'undone') return 'undone';
  if (job === 'undoing') return position > 4 ? 'undone' : position === 4 ? 'undoing' : 'done';
  if (position < reached) return position === 2 ? 'skipped' : 'done';
  return job === 'stuck' ? 'failed' : job === 'succeeded' ? 'done' : 'running';
}

const REACHED: Readonly<Record<WorkflowName, Readonly<Record<'succeeded' | 'undone' | 'busy', InstallationState>>>> = {
  install: { succeeded: 'active', undone: 'absent', busy: 'installing' },
  unarchive: { succeeded: 'active', undone: 'absent', busy: 'installing' },
  remove: { succeeded: 'absent', undone: 'active', busy: 'removing' },
  update: { succeeded: 'active', undone: 'active', busy: 'active' },
  rollback: { succeeded: 'active', undone: 'active', busy: 'active' },
  backup: { succeeded: 'active', undone: 'active', busy: 'active' },
  restore: { succeeded: 'active', undone: 'active', busy: 'active' },
  drill: { succeeded: 'active', undone: 'active', busy: 'active' },
  rehearse: { succeeded: 'active', undone: 'active', busy: 'active' },
  configure: { succeeded: 'active', undone: 'active', busy: 'active' },
  'change-domain': { succeeded: 'active', undone: 'active', busy: 'active' },
  suspend: { succeeded: 'suspended', undone: 'active', busy: 'active' },
  resume: { succeeded: 'active', undone: 'suspended', busy: 'suspended' },
};

function settle(world: UiWorld, { id: jobId, installationId: id, kode, app, workflow, state, endedAt, createdAt }: Job): void {
  const { memory } = world;
  const reached = REACHED[workflow][state === 'succeeded' || state === 'undone' ? state : 'busy'];
  const active = reached === 'active';
  const version = world.releases.find((one) => one.app === app)?.version ?? '1.0.0';
  const url = `http://${memory.tenants.get(kode)?.domain ?? `${digitsOf(kode)}.desa.localhost:8080`}${app === 'pbb' ? '/pbb' : '/'}`;
  const release = active ? { tag: `v${version}`, version, url } : { tag: null, version: null, url: null };
  memory.installations.set(id, { id, kode, app, state: reached, settings: {}, updatedAt: endedAt ?? createdAt, ...release });
  if (active) memory.secrets.set(secretRef(id, 'admin-password'), new Secret(ADMIN_PASSWORD));
  if (workflow !== 'remove' || state !== 'succeeded') return;
  const archive = { id: `A${jobId}`, installationId: id, kode, app, tag: 'v2610.0.0', bytes: 48_311_220, verifiedAt: createdAt, createdAt };
  memory.archives.set(archive.id, archive);
}
