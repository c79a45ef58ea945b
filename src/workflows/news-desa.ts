/** What a desa is told about its own site by e-mail: before the monthly update, and what came of it. */

import { PendopoError } from '../domain/errors.ts';
import type { Toolbox } from '../domain/ports.ts';
import type { Member, Rollout } from '../domain/rollout.ts';
import type { KodeTenant } from '../domain/wilayah.ts';
import { forwards } from './forwards.ts';
import { type DatedNews, updateSoon } from './news.ts';

/** What ended longer ago is no news: an address that is entered later does not get old letters. */
const RECENT_MS = 24 * 3_600_000;
const LOOK_AT = 10;

/** Only desa with an address; each piece is told once. */
export async function gatherDesaNews(tools: Toolbox): Promise<readonly DatedNews[]> {
  const contacts = await tools.notices.contacts();
  if (contacts.size === 0) return [];
  return (await Promise.all([desaAhead(tools, contacts), desaAfter(tools, contacts)])).flat();
}

type ContactsOf = ReadonlyMap<KodeTenant, string>;

/** Only those that would be updated: not who is pinned, kept out by a rehearsal, or at the newest release already. */
async function desaAhead(tools: Toolbox, contacts: ContactsOf): Promise<readonly DatedNews[]> {
  const due = await updateSoon(tools);
  if (due === null) return [];
  const going = new Set<KodeTenant>();
  for (const app of tools.apps.names()) {
    const parts = await forwards(tools, app, 'update');
    for (const { kode, held } of parts.flatMap(({ chosen }) => chosen)) if (held === undefined) going.add(kode);
  }
  const names = new Map((await tools.tenants.running(null)).map(({ kode, nama }) => [kode, nama]));
  return [...going].flatMap((kode) => {
    const [recipient, nama] = [contacts.get(kode), names.get(kode)];
    if (recipient === undefined || nama === undefined) return [];
    const title = `Situs ${nama} diperbarui ${tools.calendar.words(due)}`;
    const text = `Aplikasi ${nama} (${kode}) diperbarui ${tools.calendar.words(due)}. Situsnya tertutup beberapa detik. Semua data dicadangkan dan dibuktikan lebih dahulu; Anda tidak perlu melakukan apa-apa.`;
    return [{ key: `desa-ahead ${due.toISOString()} ${kode}`, at: tools.clock.now(), recipient, title, text }];
  });
}

async function desaAfter(tools: Toolbox, contacts: ContactsOf): Promise<readonly DatedNews[]> {
  const since = tools.clock.now().getTime() - RECENT_MS;
  const found: DatedNews[] = [];
  for (const rollout of await tools.rollouts.list({ work: 'update', limit: LOOK_AT })) {
    for (const member of await tools.rollouts.members(rollout.id)) {
      if (member.endedAt === null || member.endedAt.getTime() < since || !contacts.has(member.kode)) continue;
      // What waits for a decision is not back where it was: nothing true can be told yet.
      if (member.state === 'failed' && (await tools.jobs.find(member.jobId))?.state !== 'undone') continue;
      found.push(...resultOf(tools, rollout, member, contacts));
    }
  }
  return found;
}

function resultOf({ apps }: Toolbox, { id, app, tag }: Rollout, member: Member, contacts: ContactsOf): readonly DatedNews[] {
  const { kode, state, endedAt, lockedMs, fromTag } = member;
  const recipient = contacts.get(kode);
  if (recipient === undefined || endedAt === null || (state !== 'done' && state !== 'failed')) return [];
  const title = titleOf(apps, app);
  const closed = lockedMs === null ? '' : ` Situsnya tertutup ${Math.ceil(lockedMs / 1_000)} detik.`;
  const news =
    state === 'done'
      ? {
          title: `${title} sudah ${tag ?? 'diperbarui'}`,
          text: `${title} desa ${kode} sudah diperbarui dari ${fromTag} ke ${tag ?? 'rilis terbaru'}.${closed} Data sebelum dan sesudahnya sudah dibandingkan.`,
        }
      : {
          title: `${title} tetap ${fromTag}`,
          text: `${title} desa ${kode} belum jadi diperbarui: pembaruannya gagal dan semuanya dikembalikan. Situs berjalan dengan ${fromTag} dan semua datanya utuh. Kabupaten menindaklanjutinya; Anda tidak perlu melakukan apa-apa.`,
        };
  return [{ key: `desa-after ${id} ${kode} ${state}`, at: endedAt, recipient, ...news }];
}

/** An app whose manifest went away or broke is still told of, by its name. */
function titleOf(apps: Toolbox['apps'], app: string): string {
  try {
    return apps.entry(app).manifest.title;
  } catch (error) {
    if (error instanceof PendopoError) return app;
    throw error;
  }
}
