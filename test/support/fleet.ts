import type { Cause, Job } from '../../src/domain/job.ts';
import type { Toolbox } from '../../src/domain/ports.ts';
import { createTenant } from '../../src/workflows/commands/tenants.ts';
import { aManifest, anActor } from './builders.ts';
import { desaOf } from './sound.ts';

const APP = 'contoh';

/** An app whose source has these tags; nothing else of the world is there. */
export function aSource(tags: readonly string[]): Partial<Toolbox> {
  const commit = '0'.repeat(40);
  return {
    apps: {
      names: () => [APP],
      entry: () => ({
        manifest: aManifest({ name: APP }),
        runtime: { name: 'php8.2', base: 'bookworm', packages: [], serve: [] },
        ...{
          digest: 'd',
          runtimeDigest: 'r',
          runtimeFolders: ['/r'],
          imageFolders: ['/i'],
          repo: 'bundled:',
          channels: new Map(),
          combined: null,
          summary: null,
          splits: null,
        },
      }),
      render: (template) => template,
      fileTemplate: () => '',
      runtimeFor: () => 'php8.2',
    },
    sources: {
      refresh: async () => undefined,
      tags: async () => tags,
      notes: async () => new Map(),
      commitOf: async () => commit,
      readFile: async () => '',
      exportTar: async () => undefined,
    },
  };
}

/** A desa on record on which the app is said to run. */
export async function anInstalledDesa(tools: Toolbox, n: number, tag: string): Promise<string> {
  const { kode } = await createTenant(tools, anActor(), { kode: desaOf(n) });
  const { id } = await tools.tenants.ensureInstallation(kode, APP, tools.ids.next());
  await tools.tenants.saveInstallation(id, { state: 'active', tag, version: tag.slice(1) });
  return id;
}

/** Ends every job that waits, as workers would. @param fate null: well */
export async function endJobs(tools: Toolbox, fate: (job: Job) => Pick<Cause, 'step' | 'code'> | null): Promise<number> {
  const { rows } = await tools.jobs.list({ state: ['queued'], limit: 200 });
  for (const job of rows) {
    const lease = await tools.leases.acquire(`desa/${job.kode}`, 'test', 10_000);
    if (lease === null) throw new Error(`${job.kode} is held`);
    const cause = fate(job);
    await tools.jobs.saveState(job.id, lease, { state: 'running' });
    await tools.jobs.saveState(job.id, lease, {
      state: cause === null ? 'succeeded' : 'undone',
      cause: cause === null ? null : { ...cause, message: 'gagal', advice: '' },
    });
    await tools.leases.release(lease);
  }
  return rows.length;
}
