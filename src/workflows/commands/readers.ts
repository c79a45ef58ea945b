/** Accounts that read the combined database: made, given another password, taken back. Their connection is shown once. */
import { type Actor, requireMay } from '../../domain/access.ts';
import { type CombinedManifest, FULL_GRANT } from '../../domain/combined.ts';
import { Conflict, Invalid, NotFound } from '../../domain/errors.ts';
import { readerAccount } from '../../domain/plan.ts';
import type { Toolbox } from '../../domain/ports.ts';
import type { Reader, ReaderConnection } from '../../domain/reader.ts';
import { chooseCombinedApp } from '../combined-overview.ts';
import { requireWholeCombined } from '../whole-combined.ts';

export interface NewReader {
  readonly name: string;
  readonly purpose: string;
  /** Left out: as in `readOverview`. */
  readonly app?: string | undefined;
  /** One of the app's grants; left out: every table. */
  readonly grants?: string | undefined;
}

const NAME = /^[a-z][a-z0-9-]{2,29}$/;

/** @throws Forbidden */
export async function listReaders(tools: Toolbox, actor: Actor): Promise<readonly Reader[]> {
  requireMay(actor, 'reveal-secret', null);
  return tools.readers.list();
}

/** @throws Forbidden, Invalid, Conflict when the name is taken */
export async function createReader(tools: Toolbox, actor: Actor, wish: NewReader): Promise<ReaderConnection> {
  await requireWholeCombined(tools, actor, 'reveal-secret');
  const [name, purpose] = [wish.name.trim(), wish.purpose.trim()];
  if (!NAME.test(name)) {
    throw new Invalid('nama-akun-salah', 'Nama akun baca: 3–30 huruf kecil, angka atau tanda hubung, dimulai dengan huruf.', {
      field: 'name',
    });
  }
  if (purpose === '' || purpose.length > 200)
    throw new Invalid('keperluan-salah', 'Tulis keperluannya, paling banyak 200 huruf.', { field: 'purpose' });
  const app = await chooseCombinedApp(tools, wish.app);
  const grants = wish.grants?.trim() || FULL_GRANT;
  const tables = tablesOf(app.combined, grants);
  const account = readerAccount(tools.facts, name);
  const passwordRef = newRef(tools, name);
  const kept = { name, purpose, app: app.name, grants, account, passwordRef, installationId: null };
  await tools.readers.create({ ...kept, createdBy: actor.username });
  try {
    await givePassword(tools, { account, passwordRef }, tools.combined.schemaOf(app.combined), tables);
  } catch (error) {
    // Nothing half-made stays: the name is free again.
    await tools.readerAccounts.drop(account).catch((undoing: unknown) => tools.log.warn({ err: undoing, account }, 'account not dropped'));
    await tools.vault.remove(passwordRef);
    await tools.readers.remove(name);
    throw error;
  }
  await tools.audit.note({ actor: actor.username, action: 'create-reader', target: name, detail: { app: app.name, purpose, grants } });
  return reveal(tools, account, passwordRef, tools.combined.schemaOf(app.combined));
}

/** Another password; whoever is signed in with the old one is cut off. @throws Forbidden, NotFound */
export async function rotateReader(tools: Toolbox, actor: Actor, name: string): Promise<ReaderConnection> {
  const reader = await findReader(tools, actor, name);
  const { combined } = await chooseCombinedApp(tools, reader.app);
  const passwordRef = newRef(tools, name);
  await givePassword(tools, { account: reader.account, passwordRef }, tools.combined.schemaOf(combined), tablesOf(combined, reader.grants));
  await tools.readers.saveRotation(name, passwordRef);
  await tools.vault.remove(reader.passwordRef);
  await tools.audit.note({ actor: actor.username, action: 'rotate-reader', target: name });
  return reveal(tools, reader.account, passwordRef, tools.combined.schemaOf(combined));
}

/** The account is gone and whoever used it is cut off. @throws Forbidden, NotFound */
export async function revokeReader(tools: Toolbox, actor: Actor, name: string): Promise<void> {
  const reader = await findReader(tools, actor, name);
  await tools.readerAccounts.drop(reader.account);
  await tools.vault.remove(reader.passwordRef);
  await tools.readers.remove(name);
  await tools.audit.note({ actor: actor.username, action: 'revoke-reader', target: name });
}

async function findReader(tools: Toolbox, actor: Actor, name: string): Promise<Reader> {
  await requireWholeCombined(tools, actor, 'reveal-secret');
  const reader = await tools.readers.find(name);
  if (reader === null) throw new NotFound('akun-baca-tidak-ada', `Akun baca "${name}" tidak ada.`);
  if (reader.installationId !== null) {
    throw new Conflict('akun-milik-aplikasi', `Akun baca "${name}" milik sebuah aplikasi dan hilang bersama aplikasi itu.`, {
      advice: 'Belum ada yang diubah. Untuk memutusnya, tangguhkan atau hapus aplikasinya.',
    });
  }
  return reader;
}

function newRef(tools: Toolbox, name: string): string {
  return `reader/${name}/${tools.ids.next()}`;
}

async function givePassword(
  tools: Toolbox,
  { account, passwordRef }: Pick<Reader, 'account' | 'passwordRef'>,
  schema: string,
  tables: readonly string[] | null,
): Promise<void> {
  await tools.vault.ensure(passwordRef, 'password');
  await tools.readerAccounts.ensure(account, await tools.vault.read(passwordRef), schema, tables);
}

/** null: all. @throws Invalid */
function tablesOf({ grants }: CombinedManifest, name: string): readonly string[] | null {
  if (name === FULL_GRANT) return null;
  const found = Object.entries(grants).find(([one]) => one === name);
  if (found !== undefined) return found[1].tables;
  const known = [FULL_GRANT, ...Object.keys(grants)].join(', ');
  throw new Invalid('hak-baca-salah', `Hak baca "${name}" tidak ada. Pilihan: ${known}.`, { field: 'grants' });
}

/** Tables that have come since the accounts were made, for those that may not read all. One that fails does not hold up the others. */
export async function refreshReaders(tools: Toolbox): Promise<void> {
  for (const { account, app, grants, name } of await tools.readers.list()) {
    if (grants === FULL_GRANT) continue;
    try {
      const { combined } = await chooseCombinedApp(tools, app);
      const tables = tablesOf(combined, grants);
      if (tables !== null) await tools.readerAccounts.allow(account, tools.combined.schemaOf(combined), tables);
    } catch (error) {
      tools.log.warn({ err: error, reader: name }, 'rights of a read account not looked after');
    }
  }
}

async function reveal(tools: Toolbox, username: string, passwordRef: string, database: string): Promise<ReaderConnection> {
  const password = await tools.vault.reveal(passwordRef);
  if (password === null)
    throw new Conflict('sudah-ditampilkan', 'Kata sandi ini sudah pernah ditampilkan.', { advice: 'Ganti kata sandinya.' });
  const { host, port, socketFolder } = tools.databases.address;
  return { host, port, socket: socketFolder === null ? null : `${socketFolder}/mysqld.sock`, database, username, password };
}
