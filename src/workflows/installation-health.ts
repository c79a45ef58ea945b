import { PendopoError } from '../domain/errors.ts';
import type { Toolbox } from '../domain/ports.ts';
import type { MemoryUse } from '../domain/ports-containers.ts';
import type { Installation } from '../domain/tenant.ts';

const ANSWER_MS = 5_000;

/** How an installation stands at this moment, asked of the world. */
export interface InstallationHealth {
  /** Its front page's answer; null: nothing answers. */
  readonly page: { readonly status: number; readonly ms: number } | null;
  /** null: no container of it runs. */
  readonly memory: MemoryUse | null;
  /** Why nobody could look, in words for people; null: somebody did. */
  readonly blind: string | null;
}

/** Looks once, as a visitor would: at the container's socket, under its own address. Nothing is changed. */
export async function lookAtInstallation(tools: Toolbox, { id, url }: Pick<Installation, 'id' | 'url'>): Promise<InstallationHealth> {
  const claims = await tools.claims.of(id);
  const nameOf = (kind: (typeof claims)[number]['kind']): string | null => claims.find((claim) => claim.kind === kind)?.name ?? null;
  const container = nameOf('container');
  const run = nameOf('run-folder');
  try {
    const memory = container === null ? null : await tools.containers.memory(container);
    return { memory, page: memory === null || run === null ? null : await askPage(tools, run, url), blind: null };
  } catch (error) {
    if (!(error instanceof PendopoError)) throw error;
    return { page: null, memory: null, blind: error.message };
  }
}

async function askPage({ http, files, clock }: Toolbox, run: string, url: string | null): Promise<InstallationHealth['page']> {
  const { hostname, pathname } = new URL(url ?? 'http://localhost/');
  const begun = clock.elapsed();
  const answer = await http.get(`${files.path(run)}/http.sock`, { host: hostname, path: pathname, scheme: 'http', timeoutMs: ANSWER_MS });
  return answer === null ? null : { status: answer.status, ms: clock.elapsed() - begun };
}
