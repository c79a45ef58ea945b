import { expiryOf } from '../domain/certificate.ts';
import type { EndingCertificate, UsedCertificate } from '../workflows/certificate-overview.ts';
import { lifeBar, SOURCE_LOOKS } from './certificate-looks.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { pathWith } from './input.ts';
import { badge, buttonForm, emptyState, pager } from './parts.ts';
import { count } from './present.ts';
import type { Visit } from './visit.ts';

const A_PAGE = 50;

/** Certificates that are there, the one that ends soonest first; searched by name. */
export function certificateList(visit: Visit, all: readonly UsedCertificate[]): Html {
  const search = visit.query.text('cari').toLowerCase();
  const found = all.filter(({ certificate }) => certificate.hosts.some((host) => host.includes(search)));
  const from = Math.max(0, Number.parseInt(visit.query.text('lewati'), 10) || 0);
  const shown = found.slice(from, from + A_PAGE);
  const link = (skip: number): string => pathWith('/sertifikat', { cari: search, lewati: skip === 0 ? null : String(skip) });
  const more = from + A_PAGE < found.length ? link(from + A_PAGE) : null;
  return html`<section class="card pd-table-card" aria-labelledby="judul-sertifikat">
    <div class="pd-list-head"><h2 class="pd-card-title" id="judul-sertifikat">${icon('kunci')}Sertifikat<span class="pd-count">${count(found.length)}</span></h2>
      ${all.length > 5 && searchForm(search)}</div>
    ${
      shown.length === 0
        ? search === ''
          ? emptyState(
              'kunci',
              'Belum ada sertifikat',
              html`<p>Aktifkan yang otomatis, atau unggah yang pertama. Tanpa sertifikat, situs desa dibuka lewat HTTP.</p>`,
            )
          : emptyState('cari', 'Tidak ada yang cocok', html`<p>Tidak ada sertifikat untuk nama yang memuat “${search}”.</p>`)
        : html`<table class="pd-table pd-table-cert"><thead><tr><th scope="col">Nama</th><th scope="col">Masa berlaku</th><th scope="col"><span class="visually-hidden">Tindakan</span></th></tr></thead>
      <tbody>${shown.map((one) => row(visit, one))}</tbody></table>`
    }
    ${pager({ next: more, first: from > 0 ? link(0) : null })}</section>`;
}

function searchForm(search: string): Html {
  return html`<form class="pd-row" method="get" action="/sertifikat" role="search"><label class="visually-hidden" for="cari-sertifikat">Cari nama</label>
    <input class="form-control" id="cari-sertifikat" name="cari" value="${search}" placeholder="Cari nama…" autocomplete="off" spellcheck="false"><button class="btn" type="submit">${icon('cari')}Cari</button></form>`;
}

function row(visit: Visit, { certificate, used }: UsedCertificate): Html {
  const { id, hosts, issuer, source } = certificate;
  const [name = ''] = hosts;
  const again = source === 'acme' && used.length > 0 ? ' Yang baru diminta dengan sendirinya.' : '';
  return html`<tr><th scope="row">${name}${hosts.length > 1 && html` <span class="pd-count" title="${hosts.join(', ')}">+${count(hosts.length - 1)}</span>`}
      <small>${badge(SOURCE_LOOKS[source])} ${issuer}${usage(visit, { certificate, used }, name)}</small></th>
    <td data-label="Berlaku">${lifeBar(visit, certificate)}</td>
    <td class="pd-cell-action">${buttonForm(visit, { action: `/sertifikat/${id}/hapus`, label: 'Hapus', icon: 'hapus', style: 'btn-sm btn-danger-soft', confirm: `Hapus sertifikat ${name} beserta kuncinya?${again}` })}</td></tr>`;
}

/** Said only where the name itself does not say it. */
function usage(visit: Visit, { certificate, used }: UsedCertificate, name: string): string {
  if (expiryOf(certificate, visit.now).state === 'over') return '';
  if (used.length === 0) return ' · tidak dipakai';
  return used.length === 1 && used[0] === name ? '' : ` · dipakai ${count(used.length)} alamat`;
}

/** What only a person can renew: uploaded ones that end soon, or are over. */
export function endingUploads(ending: readonly EndingCertificate[]): Html | false {
  const names = ending.filter(({ certificate }) => certificate.source === 'upload').map(({ certificate }) => certificate.hosts[0] ?? '');
  if (names.length === 0) return false;
  const rest = names.length > 3 && ` dan ${count(names.length - 3)} lainnya`;
  return html`<p class="pd-warn pd-warn-page">${icon('awas', 'pd-icon-sm')}<span>Unggah pengganti untuk ${names.slice(0, 3).join(', ')}${rest}. Yang berlaku paling lama dipakai dengan sendirinya.</span></p>`;
}
