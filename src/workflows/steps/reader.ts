import { FULL_GRANT } from '../../domain/combined.ts';
import { type Plan, READER_PASSWORD, readerName, secretRef } from '../../domain/plan.ts';
import type { Reader } from '../../domain/reader.ts';
import type { Step, StepTools } from '../step.ts';
import { isClaimed } from './claims.ts';

/** An account of the app's own that reads the combined database, listed among those that people have made. */
export const openReader: Step = {
  name: 'open-reader',
  label: 'Membuat akun baca basis data gabungan',
  async isDone(plan, tools) {
    const wanted = readerOf(plan);
    if (wanted === null) return true;
    if ((await tools.readers.find(wanted.name))?.installationId !== plan.installationId) return false;
    return tools.databases.canSignIn(wanted.account, await tools.vault.read(wanted.passwordRef), wanted.schema);
  },
  async run(plan, tools) {
    const wanted = readerOf(plan);
    if (wanted === null) return;
    const { schema, ...reader } = wanted;
    const known = await tools.readers.find(reader.name);
    // A name of somebody else's is refused by the record: the account of a reader is never given to a second one.
    if (known?.installationId !== plan.installationId) await tools.readers.create(reader);
    await tools.readerAccounts.ensure(reader.account, await tools.vault.read(reader.passwordRef), schema, null);
  },
  undo: (plan, tools) => takeBack(plan, tools),
};

export const closeReader: Step = {
  name: 'close-reader',
  label: 'Mencabut akun baca basis data gabungan',
  async isDone({ names, tenant, manifest }, tools) {
    const account = names.reader ?? null;
    if (account === null) return true;
    return (await tools.readers.find(readerName(tenant, manifest))) === null && !(await tools.databases.userExists(account));
  },
  run: (plan, tools) => takeBack(plan, tools),
  // Past the point of no return: never undone. Its password goes with the other secrets of the installation.
  undo: 'keep',
};

interface PlannedReader extends Omit<Reader, 'createdAt' | 'rotatedAt'> {
  readonly schema: string;
}

function readerOf({ installationId, tenant, manifest, names, readable }: Plan): PlannedReader | null {
  const { reads, title } = manifest;
  if (reads === undefined || names.reader == null || readable === undefined) return null;
  return {
    name: readerName(tenant, manifest),
    purpose: `${title} di ${tenant.nama}: ${reads.purpose}`.slice(0, 200),
    app: reads.app,
    grants: FULL_GRANT,
    account: names.reader,
    passwordRef: secretRef(installationId, READER_PASSWORD),
    installationId,
    createdBy: 'pendopo',
    schema: readable.schema,
  };
}

async function takeBack(plan: Plan, tools: StepTools): Promise<void> {
  const { names, tenant, manifest } = plan;
  const account = names.reader ?? null;
  if (account === null || !(await isClaimed(plan, tools, 'read-account', account))) return;
  const name = readerName(tenant, manifest);
  await tools.readerAccounts.drop(account);
  if ((await tools.readers.find(name))?.installationId === plan.installationId) await tools.readers.remove(name);
}
