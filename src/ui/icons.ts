import { type Html, html } from './html.ts';

/** Strokes on a 24 × 24 field, drawn for Pendopo. */
const STROKES = {
  desa: 'M3 11.5 7.5 6h9l4.5 5.5M5.5 11.5h13M7 11.5V19M17 11.5V19M4.5 19h15M10.5 19v-4h3v4',
  pekerjaan: 'M4 6.5l1.3 1.3L7.8 5.2M11 6.5h9M4 12.5l1.3 1.3 2.5-2.6M11 12.5h9M5 18.5h2M11 18.5h9',
  arsip: 'M4 5h16v4H4zM5.5 9v10h13V9M10 13h4',
  aplikasi: 'M4.5 4.5h6v6h-6zM13.5 4.5h6v6h-6zM4.5 13.5h6v6h-6zM16.5 13.5v6M13.5 16.5h6',
  cari: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5 20 20',
  tambah: 'M12 5v14M5 12h14',
  centang: 'M5 12.5l4.5 4.5L19 7',
  silang: 'M6 6l12 12M18 6 6 18',
  awas: 'M12 4 2.8 19.5h18.4zM12 10v4.5M12 17v.2',
  info: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5M12 8v.2',
  jam: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3.2 2',
  ulang: 'M19.5 12a7.5 7.5 0 1 1-2.4-5.5M17.5 3v4h-4',
  kembali: 'M9 14 4.5 9.5 9 5M5 9.5h9a5 5 0 0 1 0 10h-3',
  lewati: 'M5 6l7 6-7 6zM18 6v12',
  buka: 'M13 5h6v6M19 5l-8.5 8.5M10 6.5H5.5v12h12V14',
  kanan: 'M9 5.5 15.5 12 9 18.5',
  bawah: 'M5.5 9 12 15.5 18.5 9',
  kunci: 'M8 19a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM11 12.2 19 4.5M15.5 8l2.7 2.7',
  hapus: 'M4.5 7h15M9 7V4.5h6V7M6.5 7l.8 12.5h9.4L17.5 7M10.3 11v5M13.7 11v5',
  salin: 'M9 9h10.5v10.5H9zM5.5 15H4.5V4.5H15v1',
  jeda: 'M8.5 5.5v13M15.5 5.5v13',
  lanjut: 'M7 5l11 7-11 7z',
  setelan: 'M4 7h9M17 7h3M15 9.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4zM4 17h3M11 17h9M9 19.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4z',
  keluar: 'M13.5 4.5H5.5v15h8M10 12h10M16.5 8.5 20 12l-3.5 3.5',
  pengguna: 'M12 11.5a3.8 3.8 0 1 0 0-7.6 3.8 3.8 0 0 0 0 7.6zM4.5 20c.6-3.8 3.6-5.8 7.5-5.8s6.9 2 7.5 5.8',
  menu: 'M4 6.5h16M4 12h16M4 17.5h16',
  dasbor: 'M4 12a8 8 0 1 1 16 0v6H4zM12 14l3.5-4.5',
  cadangan: 'M4.5 12a7.5 7.5 0 1 0 2.4-5.5M6.5 3v4h4M12 8v4.2l3 1.8',
  kalender: 'M4.5 6h15v13.5h-15zM4.5 10.5h15M8.5 3.5V7M15.5 3.5V7',
  jejak: 'M6 3.5h9l4 4v13H6zM15 3.5v4h4M9 12h7M9 16h5',
  uang: 'M3.5 6.5h17v11h-17zM12 14.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM6.5 9.5v.1M17.5 14.5v.1',
  tabel: 'M4 5h16v14H4zM4 10h16M4 14.5h16M10 10v9',
  unduh: 'M12 4.5v10M7.5 10.5 12 15l4.5-4.5M5 19h14',
  unggah: 'M12 15V5M7.5 9 12 4.5 16.5 9M5 19h14',
  basisdata: 'M12 10c4.1 0 7-1.3 7-3s-2.9-3-7-3-7 1.3-7 3 2.9 3 7 3zM5 7v10c0 1.7 2.9 3 7 3s7-1.3 7-3V7M5 12c0 1.7 2.9 3 7 3s7-1.3 7-3',
  rilis: 'M12 3.5 20 8v8l-8 4.5L4 16V8zM4 8l8 4.5L20 8M12 12.5v8',
  gladi: 'M9.5 4h5M10.5 4v5.5L5.5 18a1.5 1.5 0 0 0 1.3 2.2h10.4a1.5 1.5 0 0 0 1.3-2.2l-5-8.5V4M7.8 14.5h8.4',
  lokasi: 'M12 21c4.5-4.6 6.8-8.1 6.8-11A6.8 6.8 0 0 0 5.2 10c0 2.9 2.3 6.4 6.8 11zM12 12.3a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6z',
} as const;

export type IconName = keyof typeof STROKES;

/** Decoration only: what it says must also stand in words beside it, or in the button's label. */
export function icon(name: IconName, extra = ''): Html {
  return html`<svg class="pd-icon ${extra}" viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false"><path d="${STROKES[name]}"/></svg>`;
}

/** The roof of a pendopo: steep crown, wide eaves, pillars, floor. */
export function logo(extra = ''): Html {
  return html`<svg class="pd-logo ${extra}" viewBox="0 0 48 48" width="36" height="36" fill="currentColor" aria-hidden="true" focusable="false"><path class="pd-logo-crown" d="M20.4 6h7.2c.7 0 1.3.4 1.6 1L34 17.5H14L18.8 7c.3-.6.9-1 1.6-1z"/><path class="pd-logo-eaves" d="M13 20h22l9.4 7.8c.9.8.4 2.2-.8 2.2H4.4c-1.2 0-1.7-1.4-.8-2.2z"/><path d="M8.5 32.5h3v7h-3zM17.2 32.5h3v7h-3zM27.8 32.5h3v7h-3zM36.5 32.5h3v7h-3zM5 40.8h38a1.2 1.2 0 0 1 0 2.4H5a1.2 1.2 0 0 1 0-2.4z"/></svg>`;
}
