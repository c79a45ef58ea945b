import type { OpenSession } from '../domain/ports-people.ts';
import { deviceName } from './device.ts';
import { type Html, html } from './html.ts';
import { badge, buttonForm, when } from './parts.ts';
import type { Visit } from './visit.ts';

/** Where an account is signed in, with a way out of each. @param base the address below which each is ended */
export function sessionList(visit: Visit, sessions: readonly OpenSession[], base: string): Html {
  if (sessions.length === 0) return html`<p class="pd-muted">Tidak sedang masuk di perangkat mana pun.</p>`;
  return html`<ul class="pd-sessions">${sessions.map((session) => {
    const isThis = session.id === visit.sessionId;
    const name = deviceName(session.device);
    return html`<li><div><b title="${session.device}">${name}</b> ${isThis && badge({ word: 'Perangkat ini', tone: 'baik', icon: 'centang' })}<p class="pd-muted">Dari ${session.address} · masuk ${when(session.startedAt, visit)} · terakhir dipakai ${when(session.seenAt, visit)}</p></div>
      ${!isThis && buttonForm(visit, { action: `${base}/${session.id}/akhiri`, label: 'Keluarkan', icon: 'keluar', style: 'btn-sm', confirm: `Keluarkan ${name} (${session.address})? Yang memakainya harus masuk lagi.` })}</li>`;
  })}</ul>`;
}
