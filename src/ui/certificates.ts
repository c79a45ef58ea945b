import { requireMay } from '../domain/access.ts';
import type { PendopoError } from '../domain/errors.ts';
import { endingCertificates, usedCertificates } from '../workflows/certificate-overview.ts';
import { authorityCard } from './authority.ts';
import { certificateList, endingUploads } from './certificate-list.ts';
import { waitingCard } from './certificate-orders.ts';
import { uploadForm } from './certificate-upload.ts';
import { html } from './html.ts';
import { pageHead } from './parts.ts';
import type { Answer, Visit } from './visit.ts';

/** Sertifikat: with what sites are served by https and until when, which names wait for theirs, and two ways to get one. */
export async function showCertificates(visit: Visit, error: PendopoError | null = null): Promise<Answer> {
  const { tools, actor } = visit;
  requireMay(actor, 'create-tenant', actor.wilayah);
  const [all, ending, orders, authority] = await Promise.all([
    usedCertificates(tools),
    endingCertificates(tools, null),
    tools.certificateOrders.list(),
    tools.authorities.find(),
  ]);
  const body = html`
    ${pageHead({ title: 'Sertifikat', lead: 'Untuk membuka situs desa lewat HTTPS. Satu sertifikat wildcard dapat dipakai banyak desa.' })}
    ${endingUploads(ending)}
    <div class="pd-columns"><div class="pd-column">
      ${waitingCard(visit, orders)}
      ${certificateList(visit, all)}
    </div><aside class="pd-column">${authorityCard(visit, authority, error)}${uploadForm(visit, error)}</aside></div>`;
  return { kind: 'page', title: 'Sertifikat', section: 'sertifikat', body };
}
