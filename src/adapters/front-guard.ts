import type { FrontManifest } from '../domain/manifest.ts';

/** What a guard says of a request: `bare`: pass it on without its body. */
export type Verdict = 'pass' | 'bare' | 'denied' | 'refused';

/** The answer to what is refused. Programs ask these apps, not people. */
export const REFUSED =
  '{"type":"about:blank","title":"Permintaan ditolak","status":400,"detail":"Kode dan tahun di alamat harus berupa angka, dan alamat ini hanya untuk dibaca."}';

/** Patterns that PCRE and JavaScript read alike; null where the guard has none. */
export interface GuardPatterns {
  /** Of paths, decoded; without regard to case. */
  readonly denied: string | null;
  readonly readOnly: string | null;
  /** Of a whole query that may pass. */
  readonly query: string | null;
}

export function patternsOf({ deny, readOnly, digits }: FrontManifest): GuardPatterns {
  return { denied: pathPattern(deny), readOnly: pathPattern(readOnly), query: queryPattern(digits) };
}

/**
 * Addresses that a proxy straightens and the app behind it may not: `//`, `\\`, `/../`, and what is percent-encoded so.
 * The guard reads the straight path and the app the address as it came, so one that is not straight passes no guard.
 */
export const CROOKED = '^[^?]*(//|\\x5c|%(2f|5c)|/([.]|%2e){1,2}([/?]|$))';

/** The same rules as nginx's maps. @param url as it came @param path decoded, without repeated slashes */
export function judgeRequest(
  guard: FrontManifest,
  { method, url, path, query }: { method: string; url: string; path: string; query: string },
): Verdict {
  const patterns = patternsOf(guard);
  const matches = (pattern: string | null, text: string): boolean => pattern !== null && new RegExp(pattern, 'i').test(text);
  if (matches(patterns.denied, path)) return 'denied';
  if (matches(CROOKED, url)) return 'refused';
  if (query !== '' && patterns.query !== null && !new RegExp(patterns.query).test(query)) return 'refused';
  if (!matches(patterns.readOnly, path)) return 'pass';
  return method === 'GET' || method === 'HEAD' ? 'bare' : 'refused';
}

const PATH = /^(\/[A-Za-z0-9._~-]+)+$/;
const NAME = /^[A-Za-z0-9_-]{1,40}$/;

/** Whether it is of the narrow form that may go into a proxy's configuration. */
export function isGuard(value: unknown): value is FrontManifest {
  if (typeof value !== 'object' || value === null) return false;
  const { deny, readOnly, digits } = { deny: null, readOnly: null, digits: null, ...value };
  const are = (list: unknown, form: RegExp): boolean =>
    Array.isArray(list) && list.length <= 100 && list.every((one: unknown) => typeof one === 'string' && form.test(one));
  return are(deny, PATH) && are(readOnly, PATH) && are(digits, NAME);
}

/** PHP frameworks take what follows `/index.php` for the path as well, wherever the app stands, and slashes at the end for none. */
function pathPattern(paths: readonly string[]): string | null {
  if (paths.length === 0) return null;
  const parts = (path: string): readonly string[] => path.replaceAll('.', '[.]').split('/').slice(1);
  return `^(${paths
    .map((path) =>
      parts(path)
        .map((part) => `(/[^/]+[.]php)*/${part}`)
        .join(''),
    )
    .join('|')})(/|$)`;
}

/**
 * A query as browsers write it, and no other: PHP reads `kode.desa`, `%6bode_desa` and `kode[desa` as `kode_desa`, so a name
 * may hold nothing that is decoded or mended.
 */
function queryPattern(digits: readonly string[]): string | null {
  if (digits.length === 0) return null;
  const part = '[A-Za-z0-9_-]+';
  const name = `${part}((\\[|%5[Bb])[A-Za-z0-9_-]*(\\]|%5[Dd]))*`;
  const counted = `(?=[^=&]*(${digits.join('|')}))${name}=[0-9]{0,20}`;
  const free = `(?![^=&]*(${digits.join('|')}))${name}(=[^&]*)?`;
  return `^(${counted}|${free})?(&(${counted}|${free})?)*$`;
}
