import type { FastifyReply } from 'fastify';
import { type ErrorKind, PendopoError } from '../domain/errors.ts';
import { type FieldFault, faultsOf, isValidationFailure } from './validation.ts';

/** An answer that is no success, as RFC 9457 (application/problem+json) writes it. Texts are Indonesian. */
export interface Problem {
  /** `urn:pendopo:masalah:<code>` */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** Stable, for programs. */
  readonly code: string;
  /** What to do next. */
  readonly advice?: string;
  /** The input that is wrong, when it is one. */
  readonly field?: string;
  /** Every wrong input, when the request did not have the shape it must have. */
  readonly errors?: readonly FieldFault[];
  /** Quote it to the operator: the log knows the request by this number. */
  readonly request: string;
}

/** A refusal that only HTTP knows: not signed in, too often, a stale form. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly advice: string | null;

  constructor(status: number, code: string, message: string, advice: string | null = null) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.code = code;
    this.advice = advice;
  }
}

const STATUS: Readonly<Record<ErrorKind, number>> = {
  'not-found': 404,
  conflict: 409,
  forbidden: 403,
  invalid: 400,
  unavailable: 503,
  broken: 500,
};

const TITLES: ReadonlyMap<number, string> = new Map([
  [400, 'Permintaan tidak dapat diterima'],
  [401, 'Belum masuk'],
  [403, 'Tidak berhak'],
  [404, 'Tidak ditemukan'],
  [409, 'Bertentangan dengan keadaan sekarang'],
  [413, 'Terlalu besar'],
  [415, 'Jenis isi tidak dikenal'],
  [422, 'Permintaan lain dengan kunci yang sama'],
  [429, 'Terlalu sering'],
  [500, 'Kesalahan di server'],
  [503, 'Sedang tidak tersedia'],
]);

/** What libraries refuse on their own, in our words. */
const FROM_LIBRARIES: ReadonlyMap<string, Refusal> = new Map<string, Refusal>([
  ['FST_CSRF_MISSING_SECRET', new Refusal(403, 'csrf', 'Permintaan ini tidak membawa token CSRF.', 'Muat ulang halaman, lalu coba lagi.')],
  ['FST_CSRF_INVALID_TOKEN', new Refusal(403, 'csrf', 'Token CSRF tidak sah atau sudah lama.', 'Muat ulang halaman, lalu coba lagi.')],
  ['FST_ERR_CTP_INVALID_JSON_BODY', new Refusal(400, 'bukan-json', 'Isi permintaan bukan JSON yang sah.')],
  ['FST_ERR_CTP_EMPTY_JSON_BODY', new Refusal(400, 'isi-kosong', 'Isi permintaan kosong, padahal disebut JSON.')],
  ['FST_ERR_CTP_BODY_TOO_LARGE', new Refusal(413, 'terlalu-besar', 'Isi permintaan terlalu besar.')],
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', new Refusal(415, 'jenis-isi', 'Kirim isi permintaan sebagai application/json.')],
  [
    'FST_ERR_HANDLER_TIMEOUT',
    new Refusal(503, 'terlalu-lama', 'Permintaan ini terlalu lama dikerjakan.', 'Periksa hasilnya sebelum mencoba lagi.'),
  ],
]);

/** Translates whatever was thrown. Causes and unknown errors stay in the log; they never travel. */
export function problemOf(error: unknown, request: string): Problem {
  if (error instanceof PendopoError) {
    return problem(STATUS[error.kind], error.code, error.message, request, { advice: error.advice, field: error.field });
  }
  if (error instanceof Refusal) return problem(error.status, error.code, error.message, request, { advice: error.advice });
  if (isValidationFailure(error)) {
    const errors = faultsOf(error);
    const [first] = errors;
    return { ...problem(400, 'isian-salah', first?.detail ?? 'Isian tidak sah.', request, { field: first?.field ?? null }), errors };
  }
  const { code, statusCode } = marksOf(error);
  const known = FROM_LIBRARIES.get(code);
  if (known !== undefined) return problemOf(known, request);
  if (statusCode >= 400 && statusCode < 500)
    return problem(statusCode, 'permintaan-salah', 'Permintaan ini tidak dapat diterima.', request);
  return problem(500, 'kesalahan-server', 'Terjadi kesalahan di server. Permintaan ini tidak selesai.', request, {
    advice: `Coba lagi. Bila terulang, sampaikan nomor permintaan ${request} kepada operator.`,
  });
}

export function sendProblem(reply: FastifyReply, found: Problem): FastifyReply {
  if (found.status === 401) reply.header('www-authenticate', 'Bearer realm="pendopo"');
  if (found.status === 503 && !reply.hasHeader('retry-after')) reply.header('retry-after', '5');
  return reply.code(found.status).type('application/problem+json; charset=utf-8').serializer(JSON.stringify).send(found);
}

function problem(
  status: number,
  code: string,
  detail: string,
  request: string,
  more: { advice?: string | null; field?: string | null } = {},
): Problem {
  return {
    type: `urn:pendopo:masalah:${code}`,
    title: TITLES.get(status) ?? (status < 500 ? 'Permintaan tidak dapat diterima' : 'Kesalahan di server'),
    status,
    detail,
    code,
    ...(more.advice ? { advice: more.advice } : {}),
    ...(more.field ? { field: more.field } : {}),
    request,
  };
}

function marksOf(error: unknown): { code: string; statusCode: number } {
  if (typeof error !== 'object' || error === null) return { code: '', statusCode: 500 };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const statusCode = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500;
  return { code, statusCode };
}
