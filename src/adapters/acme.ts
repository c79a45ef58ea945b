/** ACME (RFC 8555) by acme-client: an account, and certificates for one name each, proven by HTTP-01. */
import { generateKeyPairSync } from 'node:crypto';
import { Resolver } from 'node:dns/promises';
import type { Authorization, Client, Order } from 'acme-client';
import { type Asking, type Issuer, TooSoon } from '../domain/authority.ts';
import { Broken, PendopoError, Unavailable } from '../domain/errors.ts';
import type { Clock } from '../domain/ports-world.ts';
import { Secret } from '../domain/secret.ts';
import { AcmeProblem, withAcme } from './acme-http.ts';
import { refusalOf } from './acme-refusal.ts';
import { errorCode } from './outside-errors.ts';

export interface IssuerOptions {
  readonly clock: Clock;
  /** Servers that are asked for names, `10.0.0.1:53`; empty: the system's. */
  readonly nameServers: readonly string[];
}

const LOOK_MS = [250, 500, 1_000, 2_000, 3_000] as const;
/** Authorities look from several places, one after the other. */
const PROOF_MS = 120_000;
const BUSY_MS = 3_600_000;

export function createIssuer({ clock, nameServers }: IssuerOptions): Issuer {
  return {
    makeKey() {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      return new Secret(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    },

    register({ directory, email, roots }, key, signal) {
      return withAcme(roots, signal, async (acme) => {
        const client = new acme.Client({ directoryUrl: directory, accountKey: key.expose() });
        try {
          const terms = await client.getTermsOfServiceUrl();
          await client.createAccount({ termsOfServiceAgreed: true, contact: [`mailto:${email}`] });
          return { accountUrl: client.getAccountUrl(), terms: typeof terms === 'string' ? terms : null };
        } catch (error) {
          throw error instanceof PendopoError || signal.aborted ? error : notAnAuthority(error);
        }
      });
    },

    obtain({ directory, roots, accountUrl }, accountKey, asking, signal) {
      return withAcme(roots, signal, async (acme) => {
        const client = new acme.Client({ directoryUrl: directory, accountKey: accountKey.expose(), accountUrl });
        try {
          const order = await proven(client, await orderFor(client, asking), asking, { clock, signal });
          const ready = await settled(client, order, ['pending', 'processing'], { clock, signal });
          if (ready.status === 'ready') {
            const [, request] = await acme.crypto.createCsr({ altNames: [asking.host] }, asking.key.expose());
            await client.finalizeOrder(ready, request);
          }
          const valid = await settled(client, ready, ['pending', 'ready', 'processing'], { clock, signal });
          if (valid.status !== 'valid') throw await refusedOrder(client, valid, asking.host);
          return await client.getCertificate(valid);
        } catch (error) {
          throw error instanceof AcmeProblem ? asRefusal(error, asking.host) : error;
        }
      });
    },

    async resolves(host) {
      const resolver = new Resolver({ timeout: 3_000, tries: 2 });
      if (nameServers.length > 0) resolver.setServers(nameServers);
      const looked = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
      const isAbsent = (reason: unknown): boolean => ['ENOTFOUND', 'ENODATA'].includes(errorCode(reason) ?? '');
      return looked.some((one) => one.status === 'fulfilled' || !isAbsent(one.reason));
    },
  };
}

interface Wait {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** The order that a worker before us left, if the authority still has it; else a new one. */
async function orderFor(client: Client, { host, orderUrl, ordered }: Asking): Promise<Order> {
  if (orderUrl !== null) {
    const left = await client.getOrder(orderAt(orderUrl)).catch((error: unknown) => {
      if (error instanceof AcmeProblem && error.type !== 'rateLimited') return null;
      throw error;
    });
    if (left !== null && left.status !== 'invalid') return left;
  }
  const order = await client.createOrder({ identifiers: [{ type: 'dns', value: host }] });
  await ordered(order.url);
  return order;
}

/** As much of an order as asking for it needs. */
function orderAt(url: string): Order {
  return { url, status: 'pending', identifiers: [], authorizations: [], finalize: '' };
}

/** Answers the authority's challenge, and waits until it has looked. */
async function proven(client: Client, order: Order, asking: Asking, wait: Wait): Promise<Order> {
  if (order.status !== 'pending') return order;
  for (const authorization of await client.getAuthorizations(order)) {
    if (authorization.status !== 'pending') continue;
    const challenge = authorization.challenges.find(({ type }) => type === 'http-01');
    if (challenge === undefined) throw new Broken('tanpa-http-01', 'Penerbit ini tidak menerima pembuktian lewat HTTP.');
    await asking.show(challenge.token, await client.getChallengeKeyAuthorization(challenge));
    try {
      if (challenge.status === 'pending') await client.completeChallenge(challenge);
      await looked(client, order, authorization.url, wait);
    } finally {
      await asking.hide(challenge.token);
    }
  }
  return order;
}

async function looked(client: Client, order: Order, url: string, wait: Wait): Promise<void> {
  await untilKnown(wait, async () => {
    const found: Authorization | undefined = (await client.getAuthorizations(order)).find((one) => one.url === url);
    return found?.status === 'pending' ? null : true;
  });
}

/** The order once it is in another state than these. */
function settled(client: Client, order: Order, states: readonly Order['status'][], wait: Wait): Promise<Order> {
  return untilKnown(wait, async () => {
    const now = await client.getOrder(order);
    return states.includes(now.status) ? null : now;
  });
}

async function untilKnown<T>({ clock, signal }: Wait, look: () => Promise<T | null>): Promise<T> {
  const end = clock.elapsed() + PROOF_MS;
  for (let turn = 0; clock.elapsed() < end; turn += 1) {
    const found = await look();
    if (found !== null) return found;
    await clock.sleep(LOOK_MS[Math.min(turn, LOOK_MS.length - 1)] ?? 1_000, signal);
  }
  throw new Unavailable('penerbit-lambat', 'Penerbit belum selesai memeriksa. Permintaan diteruskan pada percobaan berikutnya.');
}

/** What of its proofs failed, and how. */
async function refusedOrder(client: Client, order: Order, host: string): Promise<Error> {
  const challenges = (await client.getAuthorizations(order)).flatMap((one) => one.challenges);
  const errors = [...challenges.map(({ error }) => error), order.error];
  for (const error of errors) {
    if (error === undefined) continue;
    const { type, detail }: { type?: unknown; detail?: unknown } = error;
    return refusalOf({ type: String(type), detail: String(detail) }, host);
  }
  return refusalOf({ type: order.status, detail: `order ${order.status}` }, host);
}

function asRefusal(problem: AcmeProblem, host: string): Error {
  if (problem.type !== 'rateLimited') return refusalOf({ type: problem.type, detail: problem.message }, host);
  return new TooSoon('Batas permintaan penerbit tercapai.', problem.retryAfterMs ?? BUSY_MS, problem);
}

function notAnAuthority(cause: unknown): Broken {
  const why = cause instanceof AcmeProblem ? ` Katanya: ${cause.message}` : '';
  return new Broken('penerbit-menolak', `Penerbit menolak mendaftarkan server ini, atau alamatnya bukan penerbit ACME.${why}`, {
    cause,
    advice: 'Periksa alamat penerbit dan surelnya.',
  });
}
