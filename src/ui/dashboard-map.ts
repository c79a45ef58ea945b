import { DESA_STATES, type DesaState, type DesaTile } from '../domain/fleet.ts';
import { type Html, html } from './html.ts';
import { count, type Look } from './present.ts';

/** Each state has a shape and a sign of its own, so that nobody needs the colours. */
const DESA_LOOKS: Readonly<Record<DesaState, Look & { readonly sign: string }>> = {
  decide: { word: 'Perlu tindakan', tone: 'buruk', icon: 'awas', sign: '!' },
  silent: { word: 'Tidak menjawab', tone: 'buruk', icon: 'awas', sign: '?' },
  failed: { word: 'Gagal, dikembalikan', tone: 'awas', icon: 'kembali', sign: '×' },
  working: { word: 'Sedang dikerjakan', tone: 'jalan', icon: 'ulang', sign: '›' },
  suspended: { word: 'Ditangguhkan', tone: 'awas', icon: 'jeda', sign: '‖' },
  active: { word: 'Aktif', tone: 'baik', icon: 'centang', sign: '' },
  empty: { word: 'Belum terpasang', tone: 'netral', icon: 'silang', sign: '' },
};

/** The fleet as a picture: a tile per desa, by kecamatan. Arrow keys walk through the tiles of a kecamatan. */
export function fleetMap(desa: readonly DesaTile[]): Html {
  const byKecamatan = [...Map.groupBy(desa, ({ kodeKecamatan }) => kodeKecamatan).values()];
  return html`<section class="card pd-card pd-fleet" aria-labelledby="judul-armada">
    <header class="pd-fleet-head"><h2 class="pd-card-title" id="judul-armada">${count(desa.length)} desa</h2>${legend(desa)}</header>
    <div class="pd-map">${byKecamatan.map(
      (tiles) =>
        html`<section class="pd-map-group"><h3><a href="/desa?kecamatan=${tiles[0]?.kodeKecamatan}">${tiles[0]?.namaKecamatan}</a> <small>${count(tiles.length)}</small></h3><div class="pd-map-tiles" data-petak>${tiles.map(tile)}</div></section>`,
    )}</div>
  </section>`;
}

function tile({ kode, nama, state }: DesaTile): Html {
  const { word, sign } = DESA_LOOKS[state];
  return html`<a class="pd-t pd-t-${state}" href="/desa/${kode}" aria-label="${nama}: ${word}">${sign}</a>`;
}

function legend(desa: readonly DesaTile[]): Html {
  return html`<ul class="pd-legend" aria-label="Keterangan warna">${DESA_STATES.map((state) => {
    const n = desa.filter((one) => one.state === state).length;
    return html`<li><a href="/desa?keadaan=${state}"><span class="pd-t pd-t-${state}" aria-hidden="true">${DESA_LOOKS[state].sign}</span>${DESA_LOOKS[state].word} <b>${count(n)}</b></a></li>`;
  })}</ul>`;
}
