import { type Actor, requireMay } from '../../domain/access.ts';
import { versionOfTag } from '../../domain/app.ts';
import { Conflict, Invalid } from '../../domain/errors.ts';
import type { AppManifest } from '../../domain/manifest.ts';
import { checkNeeds, inOrderOfNeed } from '../../domain/needs.ts';
import type { Toolbox } from '../../domain/ports.ts';
import { settleSettings } from '../../domain/setting.ts';
import { type Installation, requireScope } from '../../domain/tenant.ts';
import { parseKodeTenant, type Scope, scopeOf } from '../../domain/wilayah.ts';
import { requestInstall } from './installations.ts';
import { requireTenant } from './tenants.ts';

export interface AppWish {
  readonly app: string;
  readonly tag?: string | null;
  readonly settings?: Readonly<Record<string, string>>;
}

export interface ManyRequest {
  readonly kode: string;
  /** Left out: all apps of a desa that fit together with `sample`. */
  readonly apps?: readonly AppWish[];
  /** With `apps` left out: the bundled sample apps instead of the real ones. */
  readonly sample?: boolean;
  readonly bulk?: boolean;
}

/**
 * One job per app, in the order in which they need each other: a desa works on one job at a time, so an app's turn comes
 * after those it needs. Everything that can be refused is refused before the first job is written.
 */
export async function requestInstallMany(
  tools: Toolbox,
  actor: Actor,
  request: ManyRequest,
): Promise<{ jobs: readonly { app: string; jobId: string }[] }> {
  const kode = parseKodeTenant(request.kode);
  requireMay(actor, 'install', kode);
  const tenant = await requireTenant(tools, kode);
  const isThere = (app: string): boolean => tenant.installations.some((one) => one.app === app && one.state !== 'absent');
  const asked = request.apps ?? appsOf(tools, scopeOf(kode), request.sample ?? false).map((app) => ({ app }));
  // "All" means what is still missing; an app asked for by name is refused when it is there.
  const wishes = request.apps === undefined ? asked.filter(({ app }) => !isThere(app)) : asked;
  if (wishes.length === 0)
    throw new Conflict('sudah-terpasang', `Semua aplikasi sudah terpasang atau sedang dikerjakan di ${tenant.nama}.`);
  const ordered = inOrderOfNeed(wishes.map(({ app }) => tools.apps.entry(app).manifest));
  for (const manifest of ordered) requireScope(manifest, kode);
  if (new Set(ordered).size !== wishes.length) throw new Invalid('aplikasi-berulang', 'Satu aplikasi diminta dua kali.', { field: 'apps' });

  const wishOf = ({ name }: AppManifest): AppWish => wishes.find(({ app }) => app === name) ?? { app: name };
  const expected: Installation[] = ordered.map((manifest) => foreseen(kode, wishOf(manifest)));
  for (const manifest of ordered) {
    settleSettings(manifest, wishOf(manifest).settings ?? {});
    checkNeeds(manifest, [...expected, ...tenant.installations], (app) => tools.apps.entry(app).manifest.title);
  }
  const jobs: { app: string; jobId: string }[] = [];
  for (const manifest of ordered) {
    const wish = wishOf(manifest);
    const { jobId } = await requestInstall(tools, actor, { ...wish, kode, bulk: request.bulk ?? false, expected });
    jobs.push({ app: manifest.name, jobId });
  }
  return { jobs };
}

/** The apps such a tenant can have: the real ones, or the samples, never mixed. What is broken in the catalogue is left out. */
function appsOf(tools: Pick<Toolbox, 'apps'>, scope: Scope, sample: boolean): readonly string[] {
  return tools.apps.names().filter((name) => {
    try {
      const { manifest } = tools.apps.entry(name);
      return manifest.scope === scope && manifest.sample === sample;
    } catch (error) {
      if (error instanceof Invalid) return false;
      throw error;
    }
  });
}

/** What will be there when the turn of those that need it comes; its version is known only when it was asked for. */
function foreseen(kode: Installation['kode'], { app, tag }: AppWish): Installation {
  const version = tag == null ? null : versionOfTag(tag);
  return { id: '', kode, app, state: 'active', tag: tag ?? null, version, settings: {}, url: null, updatedAt: new Date(0) };
}
