import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { emptyState, pageHead } from './parts.ts';
import { count, rupiah } from './present.ts';
import type { Answer, Visit } from './visit.ts';

/** OpenDesa's published rates; a quotation may say otherwise, so each can be changed on the page. */
const DEFAULTS = { premium: 1_000_000, perDay: 1_000_000 } as const;
const MOST_RUPIAH = 1_000_000_000;
const MOST_DAYS = 365;
const MOST_DESA = 100_000;

const SERVICES = [
  { name: 'hari-pasang', label: 'Pemasangan dan penyiapan', days: 3 },
  { name: 'hari-latih', label: 'Pelatihan', days: 2 },
  { name: 'hari-gabung', label: 'Penggabungan data', days: 2 },
] as const;

/** Simulasi anggaran: what a year of OpenSID Premium and the service days cost. All that was typed stands in the address. */
export async function showBudget(visit: Visit): Promise<Answer> {
  const { tools, actor, query } = visit;
  const kecamatan = await tools.tenants.kecamatan(actor.wilayah);
  const fleet = kecamatan.reduce((sum, { desa }) => sum + desa, 0);
  const read = (name: string, otherwise: number, most: number): number => wholeNumber(query.text(name), otherwise, most);
  const desa = read('desa', fleet, MOST_DESA);
  const premium = read('premium', DEFAULTS.premium, MOST_RUPIAH);
  const perDay = read('per-hari', DEFAULTS.perDay, MOST_RUPIAH);
  const services = SERVICES.map((one) => ({ ...one, days: read(one.name, one.days, MOST_DAYS) }));
  const days = services.reduce((sum, one) => sum + one.days, 0);
  const yearly = desa * premium;
  const once = days * perDay;
  const body = html`
    ${pageHead({ title: 'Simulasi anggaran', lead: 'Perkiraan untuk pengajuan; tarif yang berlaku adalah yang tertulis pada penawaran.', actions: html`<button class="btn" type="button" data-cetak hidden>${icon('unduh')}Cetak</button>` })}
    <div class="pd-columns">
      <div class="pd-column">
        <section class="card pd-table-card"><table class="pd-table pd-budget">
          <caption class="visually-hidden">Perkiraan biaya</caption>
          <thead><tr><th scope="col">Uraian</th><th scope="col" class="pd-number">Volume</th><th scope="col" class="pd-number">Tarif</th><th scope="col" class="pd-number">Jumlah</th></tr></thead>
          <tbody>
            ${line('OpenSID Premium, satu tahun', `${count(desa)} desa`, premium, yearly)}
            ${services.map((one) => line(one.label, `${count(one.days)} hari`, perDay, one.days * perDay))}
          </tbody>
          <tfoot>
            ${total('Tahun pertama', yearly + once)}
            ${total('Tahun berikutnya, per tahun', yearly)}
            ${total('Rata-rata per desa, tahun pertama', desa === 0 ? 0 : Math.round((yearly + once) / desa))}
          </tfoot></table></section>
        ${kecamatan.length > 0 ? byKecamatan(kecamatan, premium) : emptyState('desa', 'Belum ada desa', html`<p>Rincian per kecamatan tampil setelah desa didaftarkan.</p>`)}
      </div>
      <form class="card pd-card pd-no-print" method="get" action="/anggaran"><h2 class="pd-card-title">${icon('setelan')}Tarif dan volume</h2>
        ${field('desa', 'Jumlah desa', desa)}${field('premium', 'Premium per desa per tahun (Rp)', premium)}${field('per-hari', 'Jasa per hari (Rp)', perDay)}
        ${services.map((one) => field(one.name, `${one.label} (hari)`, one.days))}
        <div class="pd-row"><button class="btn btn-primary" type="submit">Hitung</button><a href="/anggaran">Kembali ke tarif baku</a></div></form>
    </div>`;
  return { kind: 'page', title: 'Simulasi anggaran', section: 'anggaran', body };
}

function line(label: string, volume: string, rate: number, sum: number): Html {
  return html`<tr><th scope="row">${label}</th><td class="pd-number" data-label="Volume">${volume}</td><td class="pd-number" data-label="Tarif">${rupiah(rate)}</td><td class="pd-number" data-label="Jumlah">${rupiah(sum)}</td></tr>`;
}

function total(label: string, sum: number): Html {
  return html`<tr><th scope="row" colspan="3">${label}</th><td class="pd-number"><b>${rupiah(sum)}</b></td></tr>`;
}

function byKecamatan(kecamatan: readonly { nama: string; desa: number }[], premium: number): Html {
  return html`<section class="pd-group"><h2 class="pd-section-title">Premium per kecamatan</h2><div class="card pd-table-card"><table class="pd-table pd-budget"><thead><tr><th scope="col">Kecamatan</th><th scope="col" class="pd-number">Desa terdaftar</th><th scope="col" class="pd-number">Per tahun</th></tr></thead>
    <tbody>${kecamatan.map(({ nama, desa }) => html`<tr><th scope="row">${nama}</th><td class="pd-number" data-label="Desa">${count(desa)}</td><td class="pd-number" data-label="Per tahun">${rupiah(desa * premium)}</td></tr>`)}</tbody></table></div></section>`;
}

function field(name: string, label: string, value: number): Html {
  return html`<div><label class="form-label" for="${name}">${label}</label><input class="form-control" id="${name}" name="${name}" inputmode="numeric" value="${count(value)}" autocomplete="off"></div>`;
}

/** `1.000.000`, `Rp 1000000` or nothing; what is no number counts as not typed. */
function wholeNumber(text: string, otherwise: number, most: number): number {
  const digits = text.replaceAll(/[^\d]/g, '');
  return digits === '' ? otherwise : Math.min(most, Number(digits));
}
