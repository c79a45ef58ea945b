/** What people may ask for about a desa's service: take it out for a while, and put it back. */
import { type Actor, requireMay } from '../../domain/access.ts';
import { Conflict } from '../../domain/errors.ts';
import type { WorkflowName } from '../../domain/job.ts';
import { inOrderOfNeed } from '../../domain/needs.ts';
import type { Toolbox } from '../../domain/ports.ts';
import type { InstallationState } from '../../domain/tenant.ts';
import { parseKodeTenant } from '../../domain/wilayah.ts';
import { recordJob } from './jobs.ts';
import { requireTenant } from './tenants.ts';

export interface SuspendRequest {
  readonly kode: string;
  /** Left out: every app of the desa. */
  readonly app?: string;
}
type Asked = Promise<{ readonly jobs: readonly { readonly app: string; readonly jobId: string }[] }>;

export function requestSuspend(tools: Toolbox, actor: Actor, request: SuspendRequest): Asked {
  return ask(tools, actor, request, 'suspend', 'active');
}

export function requestResume(tools: Toolbox, actor: Actor, request: SuspendRequest): Asked {
  return ask(tools, actor, request, 'resume', 'suspended');
}

/** One job an app; those that others need are resumed first and suspended last. */
async function ask(tools: Toolbox, actor: Actor, request: SuspendRequest, workflow: WorkflowName, from: InstallationState): Asked {
  const kode = parseKodeTenant(request.kode);
  requireMay(actor, 'update', kode);
  const tenant = await requireTenant(tools, kode);
  const meant = tenant.installations.filter(({ app, state }) => state === from && (request.app === undefined || app === request.app));
  if (meant.length === 0) {
    const what = request.app === undefined ? 'Tidak ada aplikasi yang' : `${tools.apps.entry(request.app).manifest.title} tidak`;
    throw new Conflict('keadaan-lain', `${what} ${WORDS[from] ?? from} di ${tenant.nama}.`, { advice: 'Belum ada yang diubah.' });
  }
  const ordered = inOrderOfNeed(meant.map(({ app }) => tools.apps.entry(app).manifest)).map(({ name }) => name);

  const jobs: { app: string; jobId: string }[] = [];
  for (const app of workflow === 'suspend' ? ordered.toReversed() : ordered) {
    const installation = meant.find((one) => one.app === app);
    if (installation === undefined) continue;
    const { tag, settings } = installation;
    jobs.push({ app, jobId: await recordJob(tools, actor, workflow, installation, { tag, settings, archiveId: null }) });
  }
  return { jobs };
}

const WORDS: Partial<Record<InstallationState, string>> = { active: 'sedang aktif', suspended: 'sedang ditangguhkan' };
