import type { FastifySchemaValidationError } from 'fastify';

/** One wrong input of a request. */
export interface FieldFault {
  /** `rows.3.kode` */
  readonly field: string;
  readonly detail: string;
}

interface ValidationFailure extends Error {
  readonly validation: readonly FastifySchemaValidationError[];
  readonly validationContext?: string;
}

export function isValidationFailure(error: unknown): error is ValidationFailure {
  return error instanceof Error && 'validation' in error && Array.isArray(error.validation);
}

const WHERE: Readonly<Record<string, string>> = { body: 'isi', querystring: 'kueri', params: 'alamat', headers: 'kepala' };

/** What is wrong in words, once a field: of several complaints about one field the last is the most general. */
export function faultsOf(failure: ValidationFailure): readonly FieldFault[] {
  const faults = new Map<string, string>();
  for (const fault of failure.validation) {
    const field = fieldOf(fault) || (WHERE[failure.validationContext ?? ''] ?? 'isi');
    faults.set(field, wordsFor(fault, field));
  }
  return [...faults].map(([field, detail]) => ({ field, detail }));
}

function fieldOf({ instancePath, params }: FastifySchemaValidationError): string {
  const missing = params.missingProperty ?? params.additionalProperty;
  const path = instancePath.split('/').slice(1);
  return [...path, ...(typeof missing === 'string' ? [missing] : [])].join('.');
}

const WORDS: Readonly<Record<string, (field: string, params: Readonly<Record<string, unknown>>) => string>> = {
  required: (field) => `"${field}" wajib diisi.`,
  additionalProperties: (field) => `"${field}" tidak dikenal.`,
  minLength: (field, { limit }) =>
    limit === 1 ? `"${field}" tidak boleh kosong.` : `"${field}" paling sedikit ${String(limit)} karakter.`,
  maxLength: (field, { limit }) => `"${field}" paling banyak ${String(limit)} karakter.`,
  minItems: (field, { limit }) => `"${field}" paling sedikit berisi ${String(limit)}.`,
  maxItems: (field, { limit }) => `"${field}" paling banyak berisi ${String(limit)}.`,
  minimum: (field, { limit }) => `"${field}" paling kecil ${String(limit)}.`,
  maximum: (field, { limit }) => `"${field}" paling besar ${String(limit)}.`,
  pattern: (field) => `"${field}" tidak sesuai bentuknya.`,
  format: (field) => `"${field}" tidak sesuai bentuknya.`,
  enum: (field, { allowedValues }) => `"${field}" harus salah satu dari: ${Array.isArray(allowedValues) ? allowedValues.join(', ') : '–'}.`,
  type: (field, { type }) => `"${field}" harus berupa ${TYPES[String(type)] ?? String(type)}.`,
};

const TYPES: Readonly<Record<string, string>> = {
  string: 'teks',
  integer: 'bilangan bulat',
  number: 'bilangan',
  boolean: 'true atau false',
  object: 'objek',
  array: 'daftar',
};

function wordsFor({ keyword, params }: FastifySchemaValidationError, field: string): string {
  return WORDS[keyword]?.(field, params) ?? `"${field}" tidak sah.`;
}
