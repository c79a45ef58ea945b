import { apiEnvironment, connectionUrl, openkabEnvironment, type ReaderConnection } from '../domain/reader.ts';
import { createReader, revokeReader, rotateReader } from '../workflows/commands/readers.ts';
import { showCombined } from './combined.ts';
import { type Html, html } from './html.ts';
import { orShowAgain, redirect } from './notices.ts';
import { crumb, pageHead } from './parts.ts';
import type { Answer, Visit } from './visit.ts';

export function addReader(visit: Visit): Promise<Answer> {
  const { tools, actor, form } = visit;
  return orShowAgain(
    async () =>
      connectionPage(
        await createReader(tools, actor, { name: form.text('nama'), purpose: form.text('keperluan'), grants: form.text('hak') }),
      ),
    () => showCombined(visit),
  );
}

export function changeReaderPassword(visit: Visit): Promise<Answer> {
  return orShowAgain(
    async () => connectionPage(await rotateReader(visit.tools, visit.actor, visit.params.text('nama'))),
    () => showCombined(visit),
  );
}

export function removeReader(visit: Visit): Promise<Answer> {
  return orShowAgain(
    async () => {
      await revokeReader(visit.tools, visit.actor, visit.params.text('nama'));
      return redirect('/gabungan', 'akun-dicabut');
    },
    () => showCombined(visit),
  );
}

/** Shown this once and kept nowhere. */
function connectionPage(connection: ReaderConnection): Answer {
  const block = (title: string, text: string): Html =>
    html`<h2 class="pd-card-title">${title}</h2><pre class="pd-paste" tabindex="0">${text}</pre>`;
  const body = html`${pageHead({ crumbs: [crumb('/gabungan', 'Database Gabungan')], title: `Akun baca ${connection.username}`, lead: 'Hanya tampil sekali: salin sekarang. Bila hilang, ganti kata sandinya.' })}
    <section class="card pd-card">${block('Sambungan', connectionUrl(connection))}${block('.env API-Database-Gabungan', apiEnvironment(connection))}${block('.env OpenKab', openkabEnvironment())}</section>`;
  return { kind: 'page', title: 'Akun baca', section: 'gabungan', body };
}
