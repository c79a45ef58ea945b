import { type Certificate, type Expiry, expiryOf, type Lifetime } from '../domain/certificate.ts';
import type { CertificateChoice } from '../domain/certificate-order.ts';
import { type Html, html } from './html.ts';
import { count, type Look, moment } from './present.ts';
import type { Visit } from './visit.ts';

export const EXPIRY_LOOKS: Readonly<Record<Expiry, Look>> = {
  good: { word: 'Berlaku', tone: 'baik', icon: 'centang' },
  soon: { word: 'Akan berakhir', tone: 'awas', icon: 'awas' },
  over: { word: 'Sudah berakhir', tone: 'buruk', icon: 'awas' },
};

export const SOURCE_LOOKS: Readonly<Record<Certificate['source'], Look>> = {
  acme: { word: 'Otomatis', tone: 'jalan', icon: 'ulang' },
  upload: { word: 'Unggahan', tone: 'netral', icon: 'unggah' },
};

export const CHOICE_WORDS: Readonly<Record<CertificateChoice, string>> = {
  auto: 'Otomatis: diminta bila belum ada yang cocok',
  upload: 'Hanya yang diunggah',
  none: 'Tanpa HTTPS',
};

/** `63 hari lagi`, `2 jam lagi`, `3 hari lalu` */
function daysLeft({ state, days }: Pick<Lifetime, 'state' | 'days'>): string {
  if (state === 'over') return days === -1 ? 'berakhir kemarin' : `berakhir ${count(-days)} hari lalu`;
  return days === 0 ? 'berakhir hari ini' : `${count(days)} hari lagi`;
}

/** How much of its life is left, and until when. */
export function lifeBar(visit: Pick<Visit, 'now' | 'zone'>, certificate: Certificate): Html {
  const life = expiryOf(certificate, visit.now);
  const percent = Math.round(life.left * 100);
  return html`<div class="pd-life pd-${EXPIRY_LOOKS[life.state].tone}"><p><b>${daysLeft(life)}</b> <small>${moment(certificate.notAfter, visit.zone)}</small></p>
    <progress class="pd-progress" max="100" value="${percent}" aria-label="Sisa masa berlaku">${percent}%</progress></div>`;
}
