/**
 * How acme-client's requests go out. Its own way tries again by itself without end in sight, cannot be aborted, and
 * tells what an authority refuses as a sentence only; so both of its interceptors are taken off, and these put in.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { Agent } from 'node:https';
import { rootCertificates } from 'node:tls';
import { Broken, Unavailable } from '../domain/errors.ts';
import { errorCode } from './outside-errors.ts';

type AcmeLibrary = typeof import('acme-client');

/** What an authority said no with (RFC 7807, RFC 8555 §6.7). */
export class AcmeProblem extends Error {
  readonly type: string;
  readonly retryAfterMs: number | null;

  constructor(type: string, detail: string, retryAfterMs: number | null) {
    super(detail);
    this.name = 'AcmeProblem';
    this.type = type.replace('urn:ietf:params:acme:error:', '');
    this.retryAfterMs = retryAfterMs;
  }
}

interface Call {
  readonly agent: Agent;
  readonly signal: AbortSignal;
}

const ANSWER_MS = 20_000;
const calls = new AsyncLocalStorage<Call>();
let library: Promise<AcmeLibrary> | null = null;

/** Does some work with the library, whose every request then trusts these roots and ends with the signal. */
export async function withAcme<T>(roots: string | null, signal: AbortSignal, work: (acme: AcmeLibrary) => Promise<T>): Promise<T> {
  // Loaded when first needed: it weighs 40 MB of memory, and most Pendopo processes never ask.
  library ??= import('acme-client').then(prepare);
  const acme = await library;
  const agent = new Agent(roots === null ? {} : { ca: [...rootCertificates, roots] });
  try {
    return await calls.run({ agent, signal }, () => work(acme));
  } finally {
    agent.destroy();
  }
}

function prepare(acme: AcmeLibrary): AcmeLibrary {
  const { request, response } = acme.axios.interceptors;
  request.clear();
  response.clear();
  request.use((config) => {
    const { agent: httpsAgent, signal } = calls.getStore() ?? {};
    return Object.assign(config, { httpsAgent, signal, timeout: ANSWER_MS, maxContentLength: 1_048_576, maxRedirects: 3 });
  });
  response.use(
    (answer) => {
      const retryAfterMs = secondsIn(String(answer.headers['retry-after'] ?? ''));
      if (answer.status < 400) return answer;
      const { type, detail }: { type?: unknown; detail?: unknown } =
        typeof answer.data === 'object' && answer.data !== null ? answer.data : {};
      if (typeof type !== 'string') throw new Unavailable('penerbit-tidak-menjawab', `Penerbit menjawab dengan kode ${answer.status}.`);
      // The library tries that one again with a new nonce.
      if (type.endsWith(':badNonce')) return answer;
      throw new AcmeProblem(type, String(detail ?? type), retryAfterMs);
    },
    (error: unknown) => {
      calls.getStore()?.signal.throwIfAborted();
      throw asOurs(error);
    },
  );
  return acme;
}

/** Seconds, or a date. */
function secondsIn(header: string): number | null {
  if (/^\d{1,7}$/.test(header)) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}

const DISTRUST = /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)/;

function asOurs(cause: unknown): Error {
  if (!DISTRUST.test(errorCode(cause) ?? '')) {
    return new Unavailable('penerbit-tidak-terjangkau', 'Penerbit sertifikat tidak terjangkau.', {
      cause,
      advice: 'Periksa alamat penerbit dan sambungan internet server ini.',
    });
  }
  return new Broken('penerbit-tidak-dipercaya', 'Sertifikat milik penerbit itu sendiri tidak dikenal, jadi tidak dapat dipercaya.', {
    cause,
    advice: 'Untuk penerbit milik sendiri, sertakan sertifikat akarnya (berkas CA).',
  });
}
