import { PendopoError } from '../domain/errors.ts';
import { type Html, html } from './html.ts';
import { type IconName, icon } from './icons.ts';
import { statusOf } from './notices.ts';
import type { Account } from './options.ts';
import type { Page } from './visit.ts';

interface Words {
  readonly title: string;
  readonly text: string;
  readonly icon: IconName;
}

const WORDS: Readonly<Record<number, Words>> = {
  400: { title: 'Permintaan tidak dapat dibaca', text: 'Muat ulang halaman sebelumnya, lalu coba sekali lagi.', icon: 'info' },
  401: { title: 'Silakan masuk dahulu', text: 'Sesi Anda sudah berakhir.', icon: 'kunci' },
  403: {
    title: 'Bukan wewenang akun ini',
    text: 'Akun Anda tidak berhak membuka halaman atau melakukan tindakan ini. Bila perlu, mintalah kepada admin kabupaten.',
    icon: 'kunci',
  },
  404: { title: 'Halaman tidak ditemukan', text: 'Alamatnya mungkin salah tulis, atau isinya sudah tidak ada.', icon: 'cari' },
  429: { title: 'Terlalu sering', text: 'Tunggu sebentar, lalu coba lagi.', icon: 'jam' },
  500: {
    title: 'Ada yang salah di sisi kami',
    text: 'Permintaan ini tidak selesai. Tidak ada pekerjaan lain yang terganggu. Coba lagi; bila terulang, sampaikan nomor di bawah kepada operator.',
    icon: 'awas',
  },
  503: {
    title: 'Layanan sedang tidak menjawab',
    text: 'Basis data atau antrean sedang tidak dapat dihubungi. Coba lagi sebentar lagi; tidak ada data yang hilang.',
    icon: 'jam',
  },
};

/** What an error means to a visitor of a page. Reasons of a 5xx stay in the log; the visitor gets a number to quote. */
export interface Mishap {
  readonly status: number;
  readonly title: string;
  readonly text: string;
  readonly advice: string | null;
  readonly reference: string | null;
  readonly icon: IconName;
}

export function mishapOf(error: unknown, requestId: string): Mishap {
  if (error instanceof PendopoError) {
    const status = statusOf(error);
    const words = wordsFor(status);
    const worded = status < 500 || error.kind === 'unavailable';
    return {
      status,
      title: words.title,
      text: worded ? error.message : words.text,
      advice: error.advice,
      reference: status >= 500 ? requestId : null,
      icon: words.icon,
    };
  }
  const code = codeOf(error);
  if (code.startsWith('FST_CSRF') || code === 'csrf') {
    return {
      status: 403,
      title: 'Halaman sudah terlalu lama terbuka',
      text: 'Demi keamanan, tindakan dari halaman lama tidak dijalankan. Kembali, muat ulang halamannya, lalu ulangi.',
      advice: null,
      reference: null,
      icon: 'jam',
    };
  }
  const status = httpStatusOf(error);
  return { status, ...wordsFor(status), advice: null, reference: status >= 500 ? requestId : null };
}

export function errorBody(mishap: Mishap): Html {
  return html`<section class="pd-mishap">
    <span class="pd-empty-icon">${icon(mishap.icon)}</span>
    <p class="pd-mishap-status">Galat ${mishap.status}</p>
    <h1>${mishap.title}</h1>
    <p>${mishap.text}</p>
    ${mishap.advice && html`<p class="pd-muted">${mishap.advice}</p>`}
    ${mishap.reference && html`<p class="pd-muted">Nomor permintaan: <code>${mishap.reference}</code></p>`}
    <p class="pd-row pd-center"><a class="btn btn-primary" href="/desa">Ke Data Desa</a></p>
  </section>`;
}

export function errorPage(mishap: Mishap): Page {
  return { kind: 'page', status: mishap.status, title: mishap.title, section: 'akun', body: errorBody(mishap) };
}

/** Whether the error page may be dressed with the menu: not when the records themselves do not answer. */
export function mayShowMenu(account: Account | null, mishap: Mishap): account is Account {
  return account !== null && mishap.status < 500;
}

function wordsFor(status: number): Words {
  const exact = WORDS[status];
  if (exact !== undefined) return exact;
  const fallback = status >= 500 ? WORDS[500] : WORDS[400];
  return fallback ?? { title: 'Galat', text: '', icon: 'awas' };
}

function httpStatusOf(error: unknown): number {
  if (typeof error !== 'object' || error === null) return 500;
  const status = 'statusCode' in error ? error.statusCode : 'status' in error ? error.status : null;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
