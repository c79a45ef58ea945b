/** What people may ask for at an installation that is there: update, rollback, backup, restore, drill. */
import { type Action, type Actor, requireMay } from '../../domain/access.ts';
import { NotFound } from '../../domain/errors.ts';
import type { JobInput, WorkflowName } from '../../domain/job.ts';
import type { Toolbox } from '../../domain/ports.ts';
import { type Installation, type InstallationState, requirePresent } from '../../domain/tenant.ts';
import { parseKodeTenant } from '../../domain/wilayah.ts';
import { requireRollbackTarget } from '../rollback-target.ts';
import { recordJob } from './jobs.ts';
import { requireTenant } from './tenants.ts';

interface Place {
  readonly kode: string;
  readonly app: string;
}
/** What only reads its data may be done to one that is suspended as well. */
const AT_REST_TOO: readonly InstallationState[] = ['active', 'suspended'];
type Asked = Promise<{ readonly jobId: string }>;

/** @param input.tag null or left out: the newest release */
export async function requestUpdate(tools: Toolbox, actor: Actor, input: Place & { readonly tag?: string | null }): Asked {
  return ask(tools, actor, 'update', await installed(tools, actor, 'update', input), { tag: input.tag?.trim() || null });
}

/** Back to release and data of the moment before the last update; the state of now is backed up first. */
export async function requestRollback(tools: Toolbox, actor: Actor, input: Place): Asked {
  const installation = await installed(tools, actor, 'restore', input);
  const target = await requireRollbackTarget(tools, installation);
  return ask(tools, actor, 'rollback', installation, { tag: target.tag, backupId: target.id });
}

export async function requestBackup(tools: Toolbox, actor: Actor, input: Place): Asked {
  return ask(tools, actor, 'backup', await installed(tools, actor, 'update', input, AT_REST_TOO), { reason: 'by-hand' });
}

export async function requestRestore(tools: Toolbox, actor: Actor, input: { readonly backupId: string }): Asked {
  const { backup, installation } = await ofBackup(tools, actor, 'restore', input.backupId);
  return ask(tools, actor, 'restore', installation, { tag: backup.tag, backupId: backup.id });
}

export async function requestDrill(tools: Toolbox, actor: Actor, input: { readonly backupId: string }): Asked {
  const { backup, installation } = await ofBackup(tools, actor, 'update', input.backupId, AT_REST_TOO);
  return ask(tools, actor, 'drill', installation, { tag: backup.tag, backupId: backup.id });
}

async function ofBackup(tools: Toolbox, actor: Actor, action: Action, id: string, states?: readonly InstallationState[]) {
  const backup = await tools.backups.find(id);
  if (backup === null) throw new NotFound('cadangan-tidak-ada', 'Cadangan ini tidak ada.');
  return { backup, installation: await installed(tools, actor, action, backup, states) };
}

async function installed(
  tools: Toolbox,
  actor: Actor,
  action: Action,
  place: Place,
  states: readonly InstallationState[] = ['active'],
): Promise<Installation> {
  const kode = parseKodeTenant(place.kode);
  requireMay(actor, action, kode);
  const tenant = await requireTenant(tools, kode);
  const installation = tenant.installations.find(({ app }) => app === place.app);
  return requirePresent(tools.apps.entry(place.app).manifest.title, installation, states);
}

async function ask(tools: Toolbox, actor: Actor, workflow: WorkflowName, installation: Installation, input: Partial<JobInput>): Asked {
  const whole = { tag: null, settings: installation.settings, archiveId: null, ...input };
  return { jobId: await recordJob(tools, actor, workflow, installation, whole) };
}
