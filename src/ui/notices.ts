import { PendopoError } from '../domain/errors.ts';
import { type Input, pathWith } from './input.ts';
import { count } from './present.ts';
import type { Answer, Notice } from './visit.ts';

/**
 * What a page says after a redirect. The address carries only the message's name and a number, never its words,
 * so that nobody can put words into our mouth with a crafted link.
 */
const MESSAGES = {
  'desa-disimpan': (n: number) =>
    n > 1 ? `${count(n)} desa disimpan. Aplikasinya belum dipasang.` : 'Desa disimpan. Aplikasinya belum dipasang.',
  'pemasangan-diminta': (n: number) => `Pemasangan ${count(n)} desa dimulai. Kemajuannya terlihat di bawah ini.`,
  'setelan-disimpan': () => 'Setelan disimpan.',
  'pemasangan-semua': (n: number) => `Pemasangan ${count(n)} aplikasi dimulai, satu demi satu.`,
  'tangguhkan-diminta': (n: number) => `${count(n)} aplikasi ditangguhkan satu demi satu. Datanya tetap utuh.`,
  'aktifkan-diminta': (n: number) => `${count(n)} aplikasi diaktifkan kembali satu demi satu.`,
  'pengaturan-diminta': (n: number) => `${count(n)} aplikasi sedang diatur. Kemajuannya terlihat di riwayat pekerjaan.`,
  'coba-lagi': () => 'Pekerjaan dicoba lagi.',
  'coba-lagi-semua': (n: number) => (n === 0 ? 'Tidak ada pekerjaan yang perlu diulang.' : `${count(n)} pekerjaan diulang.`),
  'batal-diminta': () => 'Pembatalan diminta. Pekerjaan segera berhenti, lalu yang sudah dibuat dikembalikan.',
  'tugas-diminta': () => 'Tugas dimulai; hasilnya terlihat di Jadwal.',
  'sesi-diakhiri': () => 'Sudah dikeluarkan. Halaman yang masih terbuka di sana tidak berlaku lagi.',
  'dua-langkah-mati': () => 'Verifikasi dua langkah dimatikan.',
  'kebijakan-disimpan': () => 'Kebijakan disimpan dan berlaku sejak permintaan berikutnya.',
  'periksa-diminta': () => 'Salinan desa itu segera diperiksa; hasilnya terlihat di sini beberapa detik lagi.',
  'perbaikan-diminta': () => 'Salinan desa itu segera dimuat ulang dan dibuktikan. Desa tidak terganggu.',
  'akun-dicabut': () => 'Akun baca dicabut. Yang memakainya sudah terputus.',
  'sertifikat-disimpan': () => 'Sertifikat disimpan. Dipakai dalam beberapa detik.',
  'sertifikat-diminta': () => 'Diminta dari penerbit. Hasilnya terlihat di sini beberapa detik lagi.',
  'penerbit-aktif': () => 'Sertifikat otomatis aktif. Nama yang belum punya segera diminta.',
  'sertifikat-dihapus': () => 'Sertifikat dihapus.',
  'sandi-diganti': () => 'Kata sandi diganti.',
} as const satisfies Readonly<Record<string, (n: number) => string>>;

type MessageName = keyof typeof MESSAGES;

export function redirect(to: string, message?: MessageName, n?: number): Answer {
  if (message === undefined) return { kind: 'redirect', to };
  const [path = to, query = ''] = to.split('?');
  const fields = Object.fromEntries(new URLSearchParams(query));
  return { kind: 'redirect', to: pathWith(path, { ...fields, pesan: message, n: n === undefined ? '' : String(n) }) };
}

/** To the page of the job that was asked for: what happens next is seen there. */
export async function toJob(requested: Promise<{ readonly jobId: string }>): Promise<Answer> {
  return redirect(`/pekerjaan/${(await requested).jobId}`);
}

export function noticeFrom(query: Input): Notice | null {
  const name = query.text('pesan');
  const n = Number(query.text('n'));
  const message = Object.entries(MESSAGES).find(([known]) => known === name)?.[1];
  return message === undefined ? null : { tone: 'baik', text: message(Number.isSafeInteger(n) && n >= 0 ? n : 0) };
}

/** For a page that shows itself again because what was asked of it was refused. */
function noticeOf(error: PendopoError): Notice {
  return { tone: 'buruk', text: error.message, advice: error.advice };
}

/**
 * Does what a form asks; when it is refused, gives the page with the reason on it instead. Errors that are no
 * refusal go on to the error page.
 */
export async function orShowAgain(work: () => Promise<Answer>, again: (error: PendopoError) => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PendopoError) || error.kind === 'not-found') throw error;
    const answer = await again(error);
    return answer.kind === 'page' ? { ...answer, status: statusOf(error), notice: answer.notice ?? noticeOf(error) } : answer;
  }
}

const STATUSES: Readonly<Record<PendopoError['kind'], number>> = {
  'not-found': 404,
  conflict: 409,
  forbidden: 403,
  invalid: 422,
  unavailable: 503,
  broken: 502,
};

export function statusOf(error: PendopoError): number {
  return STATUSES[error.kind];
}
