import { Conflict } from '../../domain/errors.ts';
import type { Plan } from '../../domain/plan.ts';
import type { Claim, ClaimKind } from '../../domain/ports-records.ts';
import { plannedRoutes } from '../routes.ts';
import type { Step, StepTools } from '../step.ts';

/** Everything a planned installation takes in the world, by name. */
function claimsOf({ names, ...reached }: Plan): readonly Claim[] {
  const wanted: readonly [ClaimKind, string | null][] = [
    ['schema', names.schema],
    ['database-user', names.databaseUser],
    ['read-account', names.reader ?? null],
    ['container', names.container],
    ['network', names.network],
    ['folder', names.folder],
    ['run-folder', names.runFolder],
    ...plannedRoutes(reached).map(({ host, path }): [ClaimKind, string] => ['route', `${host}${path}`]),
  ];
  return wanted.flatMap(([kind, name]) => (name === null ? [] : [{ kind, name }]));
}

/** Reserves the names; refuses what exists already and is not ours. Only what is claimed may ever be removed. */
export const claimNames: Step = {
  name: 'claim-names',
  label: 'Memesan nama',
  async isDone(plan, tools) {
    const held = await tools.claims.of(plan.installationId);
    return claimsOf(plan).every((claim) => held.some(({ kind, name }) => kind === claim.kind && name === claim.name));
  },
  async run(plan, tools) {
    const held = await tools.claims.of(plan.installationId);
    for (const claim of claimsOf(plan)) {
      const ours = held.some(({ kind, name }) => kind === claim.kind && name === claim.name);
      if (!ours && (await isTaken(claim, tools)) && !(await isFromPool(claim, plan, tools))) {
        throw new Conflict(
          'nama-sudah-ada',
          `Di server ini sudah ada ${WORDS[claim.kind]} bernama "${claim.name}" yang bukan buatan Pendopo.`,
          {
            advice: 'Pindahkan atau hapus lebih dahulu bila memang tidak dipakai.',
          },
        );
      }
    }
    await tools.claims.take(claimsOf(plan), plan.installationId);
    await tools.tenants.saveInstallation(plan.installationId, { state: 'installing' });
  },
  async undo(plan, tools) {
    await tools.tenants.saveInstallation(plan.installationId, { state: 'absent', url: null });
    await tools.claims.release(plan.installationId);
  },
};

/** The other end: the names are free again and nothing of the installation is left. */
export const releaseNames: Step = {
  name: 'release-names',
  label: 'Melepas nama',
  async isDone(plan, tools) {
    const installation = await tools.tenants.installation(plan.installationId);
    return installation?.state === 'absent' && (await tools.claims.of(plan.installationId)).length === 0;
  },
  async run(plan, tools) {
    await tools.claims.release(plan.installationId);
    await tools.tenants.saveInstallation(plan.installationId, { state: 'absent', tag: null, version: null, url: null });
  },
  // Past the point of no return: never undone.
  undo: 'keep',
};

/** Whether the installation holds this name. What it does not hold is left alone, whoever made it. */
export async function isClaimed(plan: Plan, tools: StepTools, kind: ClaimKind, name: string): Promise<boolean> {
  const held = await tools.claims.of(plan.installationId);
  return held.some((claim) => claim.kind === kind && claim.name === name);
}

/** A schema that was loaded in advance and taken for this installation: it is there, and ours to claim. */
async function isFromPool({ kind, name }: Claim, plan: Plan, tools: StepTools): Promise<boolean> {
  return kind === 'schema' && (await tools.pool.isTakenFor(name, plan.installationId));
}

const WORDS: Readonly<Record<ClaimKind, string>> = {
  schema: 'basis data',
  'database-user': 'pengguna basis data',
  'read-account': 'pengguna basis data',
  container: 'kontainer',
  network: 'jaringan',
  folder: 'folder',
  'run-folder': 'folder',
  route: 'alamat',
};

/** Whether the world has something of that name, whoever made it. */
export async function isTaken({ kind, name }: Claim, tools: StepTools): Promise<boolean> {
  switch (kind) {
    case 'schema':
      return tools.databases.schemaExists(name);
    case 'database-user':
    case 'read-account':
      return tools.databases.userExists(name);
    case 'container':
      return (await tools.containers.find(name)) !== null;
    case 'network':
      return tools.containers.networkExists(name);
    case 'folder':
    case 'run-folder':
      return tools.files.exists(name);
    case 'route':
      return (await tools.routes.all()).some(({ host, path }) => `${host}${path}` === name);
    default:
      return kind satisfies never;
  }
}
