/** Moving desa out of a database that OpenSID shares between them: name the source, look, then ask for a desa at a time. */
import { type Actor, requireMay } from '../../domain/access.ts';
import { Conflict, Invalid, NotFound } from '../../domain/errors.ts';
import { ACTIVE_STATES } from '../../domain/job.ts';
import type { Toolbox } from '../../domain/ports.ts';
import type { Secret } from '../../domain/secret.ts';
import {
  isSourceName,
  type SharedDesa,
  type SharedManifest,
  type SharedSource,
  type SplitReport,
  sharedFilesKey,
} from '../../domain/shared.ts';
import { digitsOf, parseKodeDesa } from '../../domain/wilayah.ts';
import { dumpKey } from '../shared-sources.ts';
import { requestInstall } from './installations.ts';
import { ensureTenant } from './tenants.ts';

export interface NewSource {
  readonly name: string;
  readonly app: string;
  /** `mysql://account:password@host:port/schema`, given once; or `file`, the name of a dump in the folder `pindahan`. */
  readonly url?: Secret | undefined;
  readonly file?: string | undefined;
}

const NAME = /^[a-z][a-z0-9-]{1,29}$/;
const FILE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,120}\.sql(\.gz)?$/;

/** A worker copies it within minutes; the source is only read. @throws Forbidden, Invalid, Conflict */
export async function addSource(tools: Toolbox, actor: Actor, wish: NewSource): Promise<void> {
  requireMay(actor, 'configure', null);
  const name = wish.name.trim();
  if (!NAME.test(name)) {
    throw new Invalid('nama-sumber-salah', 'Nama sumber: 2–30 huruf kecil, angka atau tanda hubung, dimulai dengan huruf.', {
      field: 'name',
    });
  }
  manifestOf(tools, wish.app);
  const place = await placeOf(tools, wish);
  if ((await tools.sharedSources.find(name)) !== null) throw new Conflict('sumber-sudah-ada', `Sumber "${name}" sudah ada.`);
  const id = tools.ids.next();
  const urlRef = wish.url === undefined ? null : `shared-source/${id}`;
  if (wish.url !== undefined && urlRef !== null) await tools.vault.put(urlRef, wish.url);
  try {
    const schema = `${tools.facts.instance}_sumber_${id.slice(-10).toLowerCase()}`;
    await tools.sharedSources.create({
      name,
      id,
      app: wish.app,
      schema,
      place,
      kind: wish.url === undefined ? 'file' : 'server',
      urlRef,
      createdBy: actor.username,
    });
  } catch (error) {
    if (urlRef !== null) await tools.vault.remove(urlRef);
    throw error;
  }
  await tools.audit.note({ actor: actor.username, action: 'add-shared-source', target: name, detail: { place, app: wish.app } });
}

/** The copy anew, as the source is now. @throws Forbidden, NotFound, Conflict */
export async function refreshSource(tools: Toolbox, actor: Actor, name: string): Promise<void> {
  requireMay(actor, 'configure', null);
  const source = await requireSource(tools, name);
  if (source.state === 'asked' || source.state === 'copying') throw new Conflict('sumber-sedang-disalin', 'Sumber ini sedang disalin.');
  await requireUnused(tools, source);
  await tools.sharedSources.save(name, { state: 'asked', finding: null });
  await tools.audit.note({ actor: actor.username, action: 'refresh-shared-source', target: name });
}

/** Our copy and the way to the source are forgotten; the source itself stays as it is. @throws Forbidden, NotFound, Conflict */
export async function removeSource(tools: Toolbox, actor: Actor, name: string): Promise<void> {
  requireMay(actor, 'configure', null);
  const source = await requireSource(tools, name);
  if (source.state === 'copying') throw new Conflict('sumber-sedang-disalin', 'Sumber ini sedang disalin. Tunggu sampai selesai.');
  await requireUnused(tools, source);
  await tools.sharedDatabases.drop(source.schema);
  if (source.urlRef !== null) await tools.vault.remove(source.urlRef);
  await tools.sharedSources.remove(name);
  await tools.audit.note({ actor: actor.username, action: 'remove-shared-source', target: name });
}

/** A desa that is on its way reads the copy until it has arrived. @throws Conflict */
async function requireUnused(tools: Toolbox, { id, app }: SharedSource): Promise<void> {
  const { rows } = await tools.jobs.list({ app, state: ACTIVE_STATES, limit: 2_000 });
  if (!rows.some(({ input }) => input.shared?.source === id)) return;
  throw new Conflict('sumber-dipakai', 'Masih ada desa yang sedang dipindahkan dari salinan ini.', { advice: 'Tunggu sampai selesai.' });
}

/** @throws Forbidden */
export async function listSources(tools: Toolbox, actor: Actor): Promise<readonly SharedSource[]> {
  requireMay(actor, 'configure', null);
  return tools.sharedSources.list();
}

/** Desa in our copy. @throws Forbidden, NotFound, Conflict while there is none */
export async function listSharedDesa(tools: Toolbox, actor: Actor, name: string): Promise<readonly SharedDesa[]> {
  requireMay(actor, 'configure', null);
  const { schema, app } = await requireReady(tools, name);
  return tools.sharedDatabases.desa(schema, manifestOf(tools, app));
}

export interface MoveRequest {
  readonly source: string;
  readonly kode: string;
  readonly tag?: string | null | undefined;
  /** Rows that point at other desa's rows may stay behind: somebody has read the report. */
  readonly leaveOrphans?: boolean | undefined;
}

/** What would be moved, without moving anything. @throws Forbidden, NotFound, Conflict */
export async function previewMove(tools: Toolbox, actor: Actor, request: MoveRequest): Promise<SplitReport> {
  requireMay(actor, 'configure', null);
  return reportOf(tools, request);
}

/** Installs the desa with its rows from the copy. @throws Forbidden, NotFound, Conflict when the report forbids it */
export async function requestMove(tools: Toolbox, actor: Actor, request: MoveRequest): Promise<{ jobId: string }> {
  requireMay(actor, 'configure', null);
  const kode = parseKodeDesa(request.kode);
  const { id, app } = await requireReady(tools, request.source);
  const { desa, tables, obstacles } = await reportOf(tools, request);
  if (obstacles.length > 0) throw new Conflict('tidak-dapat-dipisah', obstacles.join(' '), { advice: 'Belum ada yang diubah.' });
  const orphans = tables.filter((table) => table.orphans > 0);
  if (orphans.length > 0 && request.leaveOrphans !== true) {
    const list = orphans.map(({ table, orphans: rows }) => `${table} (${rows})`).join(', ');
    throw new Conflict('ada-baris-yatim', `Ada baris yang menunjuk ke data desa lain: ${list}.`, {
      advice: 'Belum ada yang diubah. Lihat laporannya; minta lagi dengan izin meninggalkan baris yatim. Baris itu tetap ada di sumber.',
    });
  }
  await ensureTenant(tools, actor, { kode });
  return requestInstall(tools, actor, { kode, app, tag: request.tag ?? null, shared: { source: id, configId: desa.configId } });
}

async function reportOf(tools: Toolbox, { source: name, kode: text }: MoveRequest): Promise<SplitReport> {
  const kode = parseKodeDesa(text);
  const source = await requireReady(tools, name);
  const manifest = manifestOf(tools, source.app);
  const desa = (await tools.sharedDatabases.desa(source.schema, manifest)).find((one) => one.kode === digitsOf(kode));
  if (desa === undefined) throw new NotFound('desa-tidak-di-sumber', `Desa ${kode} tidak ada di sumber "${name}".`);
  const key = sharedFilesKey(name, kode);
  const files = (await tools.files.exists(key)) ? await tools.files.countFiles(key) : null;
  return { ...(await tools.sharedDatabases.inspect(source.schema, manifest, desa.configId)), files };
}

async function requireSource(tools: Toolbox, name: string): Promise<SharedSource> {
  const source = await tools.sharedSources.find(name);
  if (source === null) throw new NotFound('sumber-tidak-ada', `Sumber "${name}" tidak ada.`);
  return source;
}

async function requireReady(tools: Toolbox, name: string): Promise<SharedSource> {
  const source = await requireSource(tools, name);
  if (source.state === 'ready') return source;
  throw new Conflict('sumber-belum-siap', `Sumber "${name}" belum tersalin${source.finding === null ? '' : `: ${source.finding}`}.`);
}

function manifestOf(tools: Toolbox, app: string): SharedManifest {
  const { manifest, splits } = tools.apps.entry(app);
  if (splits !== null) return splits;
  throw new Invalid('tidak-dapat-dipisah', `${manifest.title} tidak mempunyai basis data yang dipakai bersama.`, { field: 'app' });
}

async function placeOf(tools: Toolbox, { url, file }: NewSource): Promise<string> {
  if ((url === undefined) === (file === undefined))
    throw new Invalid('sumber-mana', 'Sebutkan alamat server atau nama berkas.', { field: 'url' });
  if (url !== undefined) return placeOfUrl(url);
  if (file === undefined || !FILE.test(file))
    throw new Invalid('berkas-salah', 'Nama berkas harus berakhiran .sql atau .sql.gz.', { field: 'file' });
  if (await tools.files.exists(dumpKey(file))) return file;
  throw new Invalid('berkas-tidak-ada', `Berkas "${file}" tidak ada di folder ${tools.files.path('pindahan')}.`, { field: 'file' });
}

/** For people, without account and password. */
function placeOfUrl(url: Secret): string {
  const parsed = URL.canParse(url.expose()) ? new URL(url.expose()) : null;
  if (parsed !== null && ['mysql:', 'mariadb:'].includes(parsed.protocol) && isSourceName(parsed.pathname.slice(1))) {
    return `${parsed.host}${parsed.pathname}`.slice(0, 255);
  }
  throw new Invalid('alamat-salah', 'Tulis alamatnya: mysql://akun:sandi@server:port/basis-data.', { field: 'url' });
}
