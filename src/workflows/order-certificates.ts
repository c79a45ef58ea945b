/** Asks the authority for the certificates that names of desa are owed: a round of some, then what they brought is put on record at once. */
import { type Authority, TooSoon } from '../domain/authority.ts';
import { type CheckedCertificate, covers, keyRef } from '../domain/certificate.ts';
import {
  afterRefusal,
  type CertificateOrder,
  isPublicName,
  LOOK_AGAIN_MS,
  namesOwed,
  newOrder,
  type OrderFailure,
} from '../domain/certificate-order.ts';
import { Broken, PendopoError, Unavailable } from '../domain/errors.ts';
import type { Toolbox } from '../domain/ports.ts';

/** At once, and one after the other: as many as the front gets with one reload. */
const AT_ONCE = 4;
const A_ROUND = 24;
/** An order by hand of a name that leads to no desa is forgotten after this. */
const FORGET_MS = 7 * 86_400_000;
/** While the authority does not answer, and the longest that it may make us wait. */
const REST_MS = 5 * 60_000;
const LONGEST_PAUSE_MS = 6 * 3_600_000;

/** Names that automatic certificates are for: those of desa that left it at `auto`, and the server's where a desa has a port of it. */
async function automaticNames(tools: Pick<Toolbox, 'routes' | 'certificateChoices' | 'facts'>): Promise<readonly string[]> {
  const [routes, choices] = await Promise.all([tools.routes.all(), tools.certificateChoices.ofInstallations()]);
  const automatic = routes.filter(({ installationId }) => !choices.has(installationId));
  const names = automatic.map(({ host }) => (host.startsWith(':') ? tools.facts.publicHost : host));
  return [...new Set(names)].filter(isPublicName);
}

/** Writes down every name that is owed a certificate and has no order yet. @returns how many */
export async function oweCertificates(tools: Toolbox, left: 'third' | 'sixth'): Promise<number> {
  const now = tools.clock.now();
  const [names, certificates, orders] = await Promise.all([
    automaticNames(tools),
    tools.certificates.list(),
    tools.certificateOrders.list(),
  ]);
  const waiting = new Set(orders.map(({ host }) => host));
  const fresh = namesOwed(names, certificates, now, left).filter((host) => !waiting.has(host));
  for (const host of fresh) await tools.certificateOrders.save(newOrder(host, now));
  return fresh.length;
}

/** Takes away orders that have what they wanted, and those of names that nobody is owed any more. */
async function forgetOrders(tools: Toolbox): Promise<void> {
  const now = tools.clock.now();
  const [names, certificates, orders] = await Promise.all([
    automaticNames(tools),
    tools.certificates.list(),
    tools.certificateOrders.list(),
  ]);
  const owed = new Set(namesOwed(names, certificates, now, 'third'));
  for (const { host, certificateId, askedBy, createdAt } of orders) {
    // A worker may have died between the two records of a success: then the key is the certificate's.
    const isThere = certificates.some(({ id }) => id === certificateId);
    const isAsked = askedBy !== null && now.getTime() - createdAt.getTime() < FORGET_MS;
    if (!isThere && (isAsked || owed.has(host))) continue;
    await tools.certificateOrders.remove(host);
    if (certificateId !== null && !isThere) await tools.vault.remove(keyRef(certificateId));
  }
}

/** One round; the caller holds the lease. @returns how many certificates came */
export async function orderCertificates(tools: Toolbox, signal: AbortSignal): Promise<number> {
  const authority = await tools.authorities.find();
  if (authority === null || (authority.pausedUntil !== null && authority.pausedUntil > tools.clock.now())) return 0;
  await oweCertificates(tools, 'sixth');
  await forgetOrders(tools);
  const now = tools.clock.now();
  const due = (await tools.certificateOrders.list()).filter(({ nextAt }) => nextAt <= now).slice(0, A_ROUND);
  const came: Came[] = [];
  for (let first = 0; first < due.length && !(await isPaused(tools)); first += AT_ONCE) {
    const found = await Promise.all(due.slice(first, first + AT_ONCE).map((order) => attempt(tools, authority, order, signal)));
    came.push(...found.filter((one) => one !== null));
  }
  for (const { order, certificateId: id, checked } of came) {
    const { key: _key, ...told } = checked;
    await tools.certificates.save({ ...told, id, source: 'acme', createdAt: tools.clock.now(), createdBy: order.askedBy ?? 'otomatis' });
    await tools.certificateOrders.remove(order.host);
    tools.log.info({ host: order.host, certificate: id, notAfter: checked.notAfter }, 'certificate issued');
  }
  return came.length;
}

async function isPaused({ authorities, clock }: Toolbox): Promise<boolean> {
  const until = (await authorities.find())?.pausedUntil ?? null;
  return until !== null && until > clock.now();
}

interface Came {
  readonly order: CertificateOrder;
  readonly certificateId: string;
  readonly checked: CheckedCertificate;
}

/** One name. What goes wrong with it is written down with it, and holds up nobody else. */
async function attempt(tools: Toolbox, authority: Authority, order: CertificateOrder, signal: AbortSignal): Promise<Came | null> {
  if (order.certificateId === null && !(await tools.issuer.resolves(order.host))) return notInDns(tools, order);
  try {
    const begun = await begin(tools, order);
    return { order, certificateId: begun.certificateId, checked: await obtain(tools, authority, begun, signal) };
  } catch (error) {
    signal.throwIfAborted();
    tools.log.warn({ host: order.host, err: error }, 'certificate not issued');
    await noteFailure(tools, order.host, error instanceof PendopoError ? error : cutOff(error));
    return null;
  }
}

type Begun = CertificateOrder & { readonly certificateId: string };

/** Its key and its name before anything is asked: whatever the authority signs is never without, and nothing is left that no record names. */
async function begin(tools: Toolbox, order: CertificateOrder): Promise<Begun> {
  const begun = { ...order, certificateId: order.certificateId ?? tools.ids.next() };
  if (order.certificateId === null) await tools.certificateOrders.save(begun);
  const ref = keyRef(begun.certificateId);
  if (!(await tools.vault.exists(ref))) await tools.vault.put(ref, tools.issuer.makeKey());
  return begun;
}

async function obtain(tools: Toolbox, authority: Authority, order: Begun, signal: AbortSignal): Promise<CheckedCertificate> {
  const [accountKey, key] = await Promise.all([tools.vault.read(authority.accountKeyRef), tools.vault.read(keyRef(order.certificateId))]);
  const { host, orderUrl } = order;
  const asking = {
    ...{ host, key, orderUrl, show: tools.front.showChallenge, hide: tools.front.hideChallenge },
    ordered: (url: string) => tools.certificateOrders.save({ ...order, orderUrl: url }),
  };
  const chain = await tools.issuer.obtain(authority, accountKey, asking, signal);
  // Nothing takes the place of what serves before it is proven: key, chain, dates and name.
  const checked = tools.readCertificate({ chain, key, roots: authority.roots }, tools.clock.now());
  if (covers(checked, host)) return checked;
  throw new Broken('sertifikat-untuk-nama-lain', `Penerbit mengirim sertifikat yang tidak berlaku untuk ${host}.`);
}

/** Nothing we know: the name waits a while, and the others go on. */
function cutOff(cause: unknown): Unavailable {
  return new Unavailable('penerbit-lambat', 'Permintaan sertifikat terputus.', { cause, advice: 'Dicoba lagi dengan sendirinya.' });
}

async function notInDns(tools: Toolbox, order: CertificateOrder): Promise<null> {
  const failure = {
    code: 'nama-tanpa-dns',
    message: `${order.host} belum ada di DNS.`,
    advice: 'Buat catatan A di pengelola domain yang mengarah ke server ini.',
    detail: null,
  };
  await tools.certificateOrders.save({ ...order, failure, nextAt: new Date(tools.clock.now().getTime() + LOOK_AGAIN_MS) });
  return null;
}

async function noteFailure(tools: Toolbox, host: string, error: PendopoError): Promise<void> {
  const now = tools.clock.now();
  const order = await tools.certificateOrders.find(host);
  if (order === null) return;
  const failure = failureOf(error);
  if (error instanceof Unavailable) {
    // Not this name's fault: nothing is counted, and what is under way goes on.
    const wait = error instanceof TooSoon ? Math.min(error.retryAfterMs, LONGEST_PAUSE_MS) : REST_MS;
    const nextAt = new Date(now.getTime() + wait);
    await tools.certificateOrders.save({ ...order, failure, nextAt });
    if (error.code !== 'penerbit-lambat') await tools.authorities.pause(nextAt);
    return;
  }
  if (order.certificateId !== null) await tools.vault.remove(keyRef(order.certificateId));
  await tools.certificateOrders.save(afterRefusal(order, failure, now));
}

function failureOf({ code, message, advice, cause }: PendopoError): OrderFailure {
  return { code, message, advice: advice ?? '', detail: cause instanceof Error ? cause.message.slice(0, 500) : null };
}
