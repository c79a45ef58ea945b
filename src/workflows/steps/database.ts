import { Broken } from '../../domain/errors.ts';
import type { DatabaseManifest } from '../../domain/manifest.ts';
import { type Plan, secretRef } from '../../domain/plan.ts';
import type { Step, StepTools } from '../step.ts';
import { archiveKeys } from './archive.ts';
import { isClaimed } from './claims.ts';
import { splitDatabase } from './shared.ts';
import { templateKey, templateLabel } from './template.ts';

export const createDatabase: Step = {
  name: 'create-database',
  label: 'Membuat basis data',
  async isDone(plan, tools) {
    const account = borrowedOf(plan);
    if (account !== null) return tools.databases.canSignIn(account.user, await tools.vault.read(account.passwordRef), account.schema);
    const db = databaseOf(plan);
    if (db === null) return true;
    if (!(await tools.databases.schemaExists(db.schema))) return false;
    if (await tools.pool.isTakenFor(db.schema, plan.installationId)) return false;
    return tools.databases.canSignIn(db.user, await tools.vault.read(db.passwordRef), db.schema);
  },
  async run(plan, tools) {
    const account = borrowedOf(plan);
    if (account !== null) {
      await tools.databases.ensureUser(account.user, await tools.vault.read(account.passwordRef), account.schema, account.privileges);
    }
    const db = databaseOf(plan);
    if (db === null) return;
    await tools.databases.createSchema(db.schema, db.manifest);
    await tools.databases.ensureUser(db.user, await tools.vault.read(db.passwordRef), db.schema, db.manifest.privileges);
    // Claimed and about to be used: one from the pool is the desa's alone now, and goes by `undo` or `remove`.
    await tools.pool.handOver(db.schema, plan.installationId);
  },
  undo: (plan, tools) => dropClaimed(plan, tools),
};

export const loadData: Step = {
  name: 'load-data',
  label: 'Mengisi basis data',
  timeLimitSeconds: 1_800,
  async isDone(plan, tools) {
    const db = databaseOf(plan);
    if (db !== null && plan.origin.kind === 'shared') return (await tools.databases.loadedFrom(db.schema)) === plan.origin.label;
    const source = sourceOf(plan);
    return db === null || source === null || (await tools.databases.loadedFrom(db.schema)) === source.label;
  },
  async run(plan, tools) {
    const db = databaseOf(plan);
    if (db !== null && plan.origin.kind === 'shared') return splitDatabase(plan, plan.origin, db.manifest, tools);
    const source = sourceOf(plan);
    if (db === null || source === null) return;
    if (!(await tools.files.exists(source.key))) throw new Broken('sumber-data-hilang', 'Berkas data awal tidak ditemukan di server.');
    await tools.databases.load(db.schema, tools.files.path(source.key), source.label, db.manifest, tools.signal);
  },
  // What was loaded goes with the schema, which create-database drops.
  undo: 'keep',
};

export const dropDatabase: Step = {
  name: 'drop-database',
  label: 'Menghapus basis data',
  async isDone(plan, tools) {
    const { schema, databaseUser } = plan.names;
    const left =
      (schema !== null && (await tools.databases.schemaExists(schema))) ||
      (databaseUser !== null && (await tools.databases.userExists(databaseUser)));
    return !left;
  },
  run: (plan, tools) => dropClaimed(plan, tools),
  // Past the point of no return: never undone. The data is in the verified archive.
  undo: 'keep',
};

interface PlannedDatabase {
  readonly schema: string;
  readonly user: string;
  readonly passwordRef: string;
  readonly manifest: DatabaseManifest;
}

function databaseOf({ manifest, names, installationId }: Plan): PlannedDatabase | null {
  if (manifest.database === null || names.schema === null || names.databaseUser === null) return null;
  return {
    schema: names.schema,
    user: names.databaseUser,
    passwordRef: secretRef(installationId, 'db-password'),
    manifest: manifest.database,
  };
}

/** An account of its own on the schema of the app it needs. The schema itself is neither made nor dropped here. */
function borrowedOf({ manifest, names, borrowed, installationId }: Plan) {
  if (manifest.borrow === undefined || borrowed === undefined || names.databaseUser === null) return null;
  const passwordRef = secretRef(installationId, 'db-password');
  return { user: names.databaseUser, passwordRef, schema: borrowed.schema, privileges: manifest.borrow.privileges };
}

/** The dump a new desa starts from, and the label that marks a schema as completely loaded from it. */
function sourceOf(plan: Plan): { readonly key: string; readonly label: string } | null {
  if (plan.origin.kind === 'archive') return { key: archiveKeys(plan.origin.id).database, label: `arsip ${plan.origin.id}` };
  return plan.manifest.commands.seed === null ? null : { key: templateKey(plan), label: templateLabel(plan.release.template) };
}

async function dropClaimed(plan: Plan, tools: StepTools): Promise<void> {
  const { schema, databaseUser } = plan.names;
  if (schema !== null && (await isClaimed(plan, tools, 'schema', schema))) await tools.databases.dropSchema(schema);
  if (databaseUser !== null && (await isClaimed(plan, tools, 'database-user', databaseUser))) await tools.databases.dropUser(databaseUser);
}
