import type { Actor } from '../../src/domain/access.ts';
import { isActive, type Job, type JobEvent, type JobStep } from '../../src/domain/job.ts';
import type { Toolbox } from '../../src/domain/ports.ts';
import type { TenantRow } from '../../src/domain/ports-records.ts';
import type { Installation } from '../../src/domain/tenant.ts';
import type { KodeDesa } from '../../src/domain/wilayah.ts';
import { requestInstall } from '../../src/workflows/commands/installations.ts';
import { createTenant } from '../../src/workflows/commands/tenants.ts';

const POLL_MS = 200;

/** Sees each look at the job, until it has ended, with the newest line of its log. */
export type Watch = (steps: readonly JobStep[], newest: JobEvent | null) => void;

export interface Installed {
  readonly installation: Installation;
  /** The job that installed it just now; null when it was there already. */
  readonly job: Job | null;
}

/**
 * Installs an app at a desa the way a person does: through the commands, carried out by the workers. A job that is
 * under way already is followed to its end.
 */
export async function ensureInstalled(
  tools: Toolbox,
  actor: Actor,
  wish: { kode: KodeDesa; app: string },
  watch: Watch,
  signal: AbortSignal,
): Promise<Installed | { readonly failed: Job }> {
  const tenant = (await tools.tenants.find(wish.kode)) ?? (await createTenant(tools, actor, { kode: wish.kode }));
  const present = installationOf(tenant, wish.app);
  if (present?.state === 'active') return { installation: present, job: null };

  const running = await activeJob(tools, wish);
  const jobId = running?.id ?? (await requestInstall(tools, actor, wish)).jobId;
  const job = await follow(tools, jobId, watch, signal);
  const installation = installationOf(await tools.tenants.find(wish.kode), wish.app);
  if (job.state !== 'succeeded' || installation === null) return { failed: job };
  return { installation, job };
}

async function activeJob(tools: Toolbox, { kode, app }: { kode: KodeDesa; app: string }): Promise<Job | null> {
  const { rows } = await tools.jobs.list({ kode, limit: 20 });
  return rows.find((job) => job.app === app && isActive(job.state)) ?? null;
}

async function follow(tools: Toolbox, jobId: string, watch: Watch, signal: AbortSignal): Promise<Job> {
  let seen = 0;
  let newest: JobEvent | null = null;
  for (;;) {
    const [job, steps, events] = await Promise.all([tools.jobs.find(jobId), tools.jobs.steps(jobId), tools.jobs.events(jobId, seen, 500)]);
    if (job === null) throw new Error(`job ${jobId} has vanished`);
    seen = events.at(-1)?.id ?? seen;
    newest = events.findLast(({ kind }) => kind === 'log') ?? newest;
    watch(steps, newest);
    if (!isActive(job.state)) return job;
    await tools.clock.sleep(POLL_MS, signal);
  }
}

function installationOf(tenant: TenantRow | null, app: string): Installation | null {
  return tenant?.installations.find((one) => one.app === app) ?? null;
}
