/** Taking the combined database along: a link for one person, for a quarter of an hour, and every use of it on record. */
import type { Actor } from '../../domain/access.ts';
import type { CombinedLink, ExportedRow, ExportFormat } from '../../domain/combined-export.ts';
import { Invalid, NotFound } from '../../domain/errors.ts';
import type { Toolbox } from '../../domain/ports.ts';
import { chooseCombinedApp } from '../combined-overview.ts';
import { requireWholeCombined } from '../whole-combined.ts';

const VALID_MS = 15 * 60_000;

export interface DownloadRequest {
  readonly app?: string | undefined;
  readonly format: ExportFormat;
  /** Left out: all tables; as SQL only. */
  readonly table?: string | undefined;
}

/** @throws Forbidden, Invalid with the field, NotFound when there is no combined database */
export async function linkCombined(tools: Toolbox, actor: Actor, request: DownloadRequest): Promise<CombinedLink> {
  await requireWholeCombined(tools, actor, 'download');
  const { name, combined } = await chooseCombinedApp(tools, request.app);
  const tables = await tools.combinedExport.tables(combined);
  if (tables.length === 0) throw new NotFound('gabungan-kosong', 'Belum ada desa di basis data gabungan ini.');
  const { format, table = null } = request;
  if (table === null && format === 'csv') {
    throw new Invalid('tabel-belum-dipilih', 'CSV memuat satu tabel.', {
      advice: 'Pilih tabelnya, atau unduh semuanya sebagai SQL.',
      field: 'tabel',
    });
  }
  if (table !== null && !tables.includes(table)) {
    throw new Invalid('tabel-tidak-ada', `Tabel "${table}" tidak ada di basis data gabungan.`, { field: 'tabel' });
  }
  const now = tools.clock.now();
  const link = { id: tools.ids.next(), username: actor.username, app: name, format, table, expiresAt: new Date(now.getTime() + VALID_MS) };
  await tools.combinedLinks.create(link, now);
  await note(tools, actor, 'link-combined', link);
  return link;
}

export type OpenedCombined = { readonly name: string } & (
  | { readonly format: 'sql'; readonly content: AsyncIterable<Uint8Array> }
  | { readonly format: 'csv'; readonly rows: AsyncIterable<ExportedRow> }
);

/** @throws NotFound for a link that is not theirs, or has run out; Forbidden */
export async function openCombined(tools: Toolbox, actor: Actor, linkId: string): Promise<OpenedCombined> {
  const link = await tools.combinedLinks.find(linkId);
  if (link === null || link.username !== actor.username || link.expiresAt <= tools.clock.now()) {
    throw new NotFound('tautan-berakhir', 'Tautan unduhan ini tidak berlaku (lagi).', { advice: 'Tekan Unduh sekali lagi.' });
  }
  await requireWholeCombined(tools, actor, 'download');
  const { combined } = await chooseCombinedApp(tools, link.app);
  await note(tools, actor, 'download-combined', link);
  const name = [combined.schema, ...(link.table === null ? [] : [link.table]), tools.clock.now().toISOString().slice(0, 10)].join('-');
  if (link.format === 'sql' || link.table === null) {
    return { name: `${name}.sql.gz`, format: 'sql', content: tools.combinedExport.sql(combined, link.table) };
  }
  return { name: `${name}.csv`, format: 'csv', rows: tools.combinedExport.rows(combined, link.table) };
}

function note(tools: Toolbox, actor: Actor, action: string, { app, format, table }: CombinedLink) {
  return tools.audit.note({ actor: actor.username, action, target: app, detail: { format, ...(table === null ? {} : { table }) } });
}
