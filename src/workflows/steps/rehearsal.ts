import { Broken, Conflict } from '../../domain/errors.ts';
import { type Plan, type PlannedRehearsal, plannedSecrets, secretRef } from '../../domain/plan.ts';
import type { Claim, ClaimKind } from '../../domain/ports-records.ts';
import { changeOf, isReplaced } from '../change.ts';
import { labelsOf } from '../container-spec.ts';
import type { Step, StepTools } from '../step.ts';
import { backupKeys, requireWhole } from './backup.ts';
import { isTaken } from './claims.ts';
import { lossSince, lost } from './migrate.ts';

/** Before anything is made, so that whatever a dead worker leaves is known to be ours and goes. */
export const claimRehearsal: Step = {
  name: 'claim-rehearsal',
  label: 'Memesan tempat gladi',
  async isDone(plan, tools) {
    const held = await tools.claims.of(rehearsalOf(plan).id);
    return held.length === claimsOf(plan).length;
  },
  async run(plan, tools) {
    const { id } = rehearsalOf(plan);
    for (const claim of claimsOf(plan)) {
      if (await isTaken(claim, tools))
        throw new Conflict('nama-sudah-ada', `Di server ini sudah ada ${claim.kind} bernama "${claim.name}".`);
    }
    await tools.claims.take(claimsOf(plan), id);
  },
  // Every later step leaves its undoing to this one: what a rehearsal makes goes as a whole.
  undo: (plan, tools) => clear(plan, tools),
};

/** The backup's data in a schema of its own with an account of its own, its files in folders of their own. */
export const loadRehearsal: Step = {
  name: 'load-rehearsal',
  label: 'Memuat cadangan ke tempat gladi',
  timeLimitSeconds: 3_600,
  isDone: async (plan, tools) => (await isReplaced(plan, tools)) || tools.files.exists(loadedMark(plan)),
  async run(plan, tools) {
    const { names, manifest } = plan;
    const keys = backupKeys(changeOf(plan).restores ?? '');
    const { database } = manifest;
    if (database === null || names.schema === null || names.databaseUser === null)
      throw new Broken('rencana-salah', 'Rencana gladi tanpa basis data.');
    await requireWhole(keys, tools);
    // Half of it may be there, with a command of a dead worker at work in it.
    await empty(plan, tools);
    for (const { name, keep } of manifest.volumes) {
      await tools.files.ensureFolder(`${names.folder}/${name}`, 'app');
      if (keep && (await tools.files.exists(keys.volumes))) {
        await tools.files.unpack(keys.volumes, name, `${names.folder}/${name}`, tools.signal);
      }
    }
    await tools.files.ensureFolder(names.runFolder, 'app');
    if (names.network !== null) await tools.containers.ensureNetwork(names.network, labelsOf(plan));
    await tools.databases.createSchema(names.schema, database);
    const password = await ownPassword(plan, tools);
    await tools.databases.ensureUser(names.databaseUser, password, names.schema, database.privileges);
    await tools.databases.load(names.schema, tools.files.path(keys.database), `gladi ${rehearsalOf(plan).id}`, database, tools.signal);
    await tools.files.write(loadedMark(plan), '', 'control');
    tools.tell(`Cadangan dimuat ke ${names.schema}; data desa tidak tersentuh`);
  },
  undo: 'keep', // claim-rehearsal
};

/** As an update would: with the new release's code, its settings and its container, but in the scratch place. */
export function inRehearsal(step: Step): Step {
  return { ...step, undo: 'keep' }; // claim-rehearsal
}

/** What no update may change must be as it was in the backup. */
export const checkRehearsed: Step = {
  name: 'check-conserved',
  label: 'Membandingkan data sebelum dan sesudah',
  isDone: async () => false, // only looks
  async run(plan, tools) {
    const loss = await lossSince(changeOf(plan).restores ?? '', plan, tools);
    if (loss !== null) throw lost(loss);
  },
  undo: 'keep', // only looks
};

export const clearRehearsal: Step = {
  name: 'clear-rehearsal',
  label: 'Membersihkan tempat gladi',
  isDone: async (plan, tools) => (await tools.claims.of(rehearsalOf(plan).id)).length === 0,
  run: (plan, tools) => clear(plan, tools),
  // Past the point of no return: never undone.
  undo: 'keep',
};

function rehearsalOf({ rehearsal }: Plan): PlannedRehearsal {
  if (rehearsal !== undefined) return rehearsal;
  throw new Broken('rencana-salah', 'Rencana ini bukan rencana gladi.');
}

function claimsOf({ names }: Plan): readonly Claim[] {
  const wanted: readonly [ClaimKind, string | null][] = [
    ['schema', names.schema],
    ['database-user', names.databaseUser],
    ['container', names.container],
    ['network', names.network],
    ['folder', names.folder],
    ['run-folder', names.runFolder],
  ];
  return wanted.flatMap(([kind, name]) => (name === null ? [] : [{ kind, name }]));
}

/** Beside the volumes, where no app can write: all of the backup is there. */
function loadedMark({ names }: Plan): string {
  return `${names.folder}/.dimuat`;
}

async function ownPassword(plan: Plan, tools: StepTools) {
  const ref = secretRef(rehearsalOf(plan).id, 'db-password');
  await tools.vault.ensure(ref, 'hex-32');
  return tools.vault.read(ref);
}

async function clear(plan: Plan, tools: StepTools): Promise<void> {
  const { id, secrets } = rehearsalOf(plan);
  await empty(plan, tools);
  const own = plannedSecrets(plan).filter(({ name }) => secrets.includes(name));
  for (const { ref } of own) await tools.vault.remove(ref);
  await tools.claims.release(id);
}

/** Whatever is claimed for it, and nothing else. */
async function empty(plan: Plan, tools: StepTools): Promise<void> {
  const held = await tools.claims.of(rehearsalOf(plan).id);
  const named = (kind: ClaimKind): readonly string[] => held.filter((claim) => claim.kind === kind).map(({ name }) => name);
  // First: it may still be writing into the rest.
  for (const name of named('container')) await tools.containers.remove(name);
  for (const name of named('network')) await tools.containers.removeNetwork(name);
  for (const name of named('schema')) await tools.databases.dropSchema(name);
  for (const name of named('database-user')) await tools.databases.dropUser(name);
  for (const name of [...named('folder'), ...named('run-folder')]) await tools.files.remove(name);
}
