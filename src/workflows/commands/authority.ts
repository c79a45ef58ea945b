/** What people may ask for about automatic certificates: from whom they come, for which names, and that one is asked for now. */
import { type Actor, requireMay } from '../../domain/access.ts';
import { type Authority, parseDirectory, parseEmail } from '../../domain/authority.ts';
import { certificateFor } from '../../domain/certificate.ts';
import { askableAt, type CertificateChoice, type CertificateOrder, isPublicName, newOrder } from '../../domain/certificate-order.ts';
import { changesOf } from '../../domain/changes.ts';
import { Conflict, Invalid } from '../../domain/errors.ts';
import type { Toolbox } from '../../domain/ports.ts';
import { parseDomain } from '../../domain/tenant.ts';
import { parseKodeTenant } from '../../domain/wilayah.ts';
import { requireOwnHosts } from './certificates.ts';
import { requireTenant } from './tenants.ts';

export interface AuthorityRequest {
  /** Empty: Let's Encrypt. */
  readonly directory: string;
  readonly email: string;
  /** PEM of the roots of an authority of one's own; null: those that browsers know. */
  readonly roots: string | null;
  /** The operator has read the authority's terms and agrees. */
  readonly agreed: boolean;
}

const REGISTER_MS = 60_000;

/** Opens an account there before anything is written down. @throws Invalid, Forbidden, Broken, Unavailable */
export async function configureAuthority(tools: Toolbox, actor: Actor, input: AuthorityRequest): Promise<Authority> {
  requireMay(actor, 'configure', null);
  const directory = parseDirectory(input.directory);
  const email = parseEmail(input.email);
  const roots = parseRoots(input.roots);
  if (!input.agreed) {
    throw new Invalid('belum-setuju', 'Setujui ketentuan penerbit lebih dahulu.', { field: 'agreed' });
  }
  const before = await tools.authorities.find();
  // The same authority keeps the same account, whatever else changes.
  const kept = before?.directory === directory ? before.accountKeyRef : null;
  const accountKeyRef = kept ?? `authority/${tools.ids.next()}/account-key`;
  if (kept === null) await tools.vault.put(accountKeyRef, tools.issuer.makeKey());
  let authority: Authority;
  try {
    const account = await tools.issuer.register(
      { directory, email, roots },
      await tools.vault.read(accountKeyRef),
      AbortSignal.timeout(REGISTER_MS),
    );
    authority = { directory, email, roots, accountKeyRef, ...account, agreedBy: actor.username, pausedUntil: null };
    await tools.authorities.save(authority);
  } catch (error) {
    if (kept === null) await tools.vault.remove(accountKeyRef);
    throw error;
  }
  if (before !== null && kept === null) await tools.vault.remove(before.accountKeyRef);
  await tools.audit.note({
    actor: actor.username,
    action: 'configure-authority',
    target: directory,
    detail: changesOf(told(before), told(authority)),
  });
  return authority;
}

function parseRoots(text: string | null): string | null {
  if (text === null || text.trim() === '') return null;
  if (text.length <= 65_536 && /-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----/.test(text)) return text.trim();
  throw new Invalid('bukan-sertifikat', 'Sertifikat akar harus PEM: ada baris -----BEGIN CERTIFICATE-----.', { field: 'roots' });
}

/** What people chose; roots are long and no secret, so only whether they are their own. */
function told(authority: Authority | null) {
  if (authority === null) return null;
  return { directory: authority.directory, email: authority.email, roots: authority.roots === null ? 'umum' : 'sendiri' };
}

/** Certificates that are there stay until they end; nobody renews them. */
export async function dropAuthority(tools: Toolbox, actor: Actor): Promise<void> {
  requireMay(actor, 'configure', null);
  const before = await tools.authorities.find();
  if (before !== null) {
    await tools.authorities.remove();
    await tools.vault.remove(before.accountKeyRef);
  }
  await tools.audit.note({
    actor: actor.username,
    action: 'drop-authority',
    target: before?.directory ?? '-',
    detail: changesOf(told(before), null),
  });
}

/**
 * Asks for a name at once: one that failed, or one of a desa that is about to come.
 * @throws Invalid for what no authority can prove, Conflict when it has a certificate, or was refused too often to be asked again now
 */
export async function requestCertificate(tools: Toolbox, actor: Actor, text: string): Promise<CertificateOrder> {
  requireMay(actor, 'create-tenant', actor.wilayah);
  const host = parseDomain(text);
  if (host === null || !isPublicName(host)) {
    throw new Invalid('nama-tidak-umum', 'Sertifikat otomatis hanya untuk nama lengkap yang dikenal internet.', {
      field: 'host',
      advice: 'Contoh: sukamaju.desa.id. Untuk wildcard, unggah sertifikatnya.',
    });
  }
  await requireOwnHosts(tools, actor, { hosts: [host] });
  if ((await tools.authorities.find()) === null) {
    throw new Conflict('penerbit-belum-diatur', 'Sertifikat otomatis belum diaktifkan.', {
      advice: 'Superadmin mengaktifkannya di halaman Sertifikat.',
    });
  }
  const now = tools.clock.now();
  const there = certificateFor(host, await tools.certificates.list(), now);
  const order = await tools.certificateOrders.find(host);
  if (there !== null && order === null) {
    throw new Conflict('sertifikat-sudah-ada', `${host} sudah punya sertifikat yang berlaku.`, {
      advice: 'Yang otomatis diperpanjang dengan sendirinya bila sepertiga masanya tersisa.',
    });
  }
  const opens = order === null ? null : askableAt(order, now);
  if (opens !== null) {
    throw new Conflict('terlalu-sering-diminta', `${host} sudah terlalu sering ditolak penerbit.`, {
      advice: `Perbaiki sebabnya; dapat diminta lagi ${tools.calendar.words(opens)}.`,
    });
  }
  const wanted = { ...(order ?? newOrder(host, now)), nextAt: now, askedBy: actor.username };
  await tools.certificateOrders.save(wanted);
  await tools.audit.note({ actor: actor.username, action: 'request-certificate', target: host, detail: {} });
  return wanted;
}

/** @throws Conflict for `none` while the desa is reached by https only */
export async function chooseCertificates(tools: Toolbox, actor: Actor, text: string, choice: CertificateChoice): Promise<void> {
  const kode = parseKodeTenant(text);
  requireMay(actor, 'create-tenant', kode);
  const tenant = await requireTenant(tools, kode);
  if (choice === 'none' && (await tools.addresses.of(kode)).security !== 'any') {
    throw new Conflict('https-wajib', `${tenant.nama} hanya dapat dibuka lewat HTTPS.`, {
      field: 'choice',
      advice: 'Ubah HTTPS desa itu menjadi tidak wajib lebih dahulu.',
    });
  }
  const before = await tools.certificateChoices.of(kode);
  await tools.certificateChoices.save(kode, choice);
  const detail = changesOf({ choice: before }, { choice });
  await tools.audit.note({ actor: actor.username, action: 'choose-certificates', target: kode, detail });
}
