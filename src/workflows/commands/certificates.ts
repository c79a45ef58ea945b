import { type Actor, requireMay } from '../../domain/access.ts';
import { type Certificate, certificateFor, covers, keyRef } from '../../domain/certificate.ts';
import { Conflict, Forbidden, NotFound } from '../../domain/errors.ts';
import type { Toolbox } from '../../domain/ports.ts';
import type { Secret } from '../../domain/secret.ts';

/** Certificates are the kabupaten's: one with a star may serve many desa. Workers tell the front within seconds. */
export async function uploadCertificate(
  tools: Toolbox,
  actor: Actor,
  upload: { readonly chain: string; readonly key: Secret },
): Promise<Certificate> {
  requireMay(actor, 'create-tenant', actor.wilayah);
  const now = tools.clock.now();
  const { key, ...checked } = tools.readCertificate(upload, now);
  await requireOwnHosts(tools, actor, checked);
  const certificate: Certificate = { ...checked, id: tools.ids.next(), source: 'upload', createdAt: now, createdBy: actor.username };
  // The key first: a certificate on record always has one.
  await tools.vault.put(keyRef(certificate.id), key);
  try {
    await tools.certificates.save(certificate);
  } catch (error) {
    await tools.vault.remove(keyRef(certificate.id));
    throw error;
  }
  const detail = { hosts: certificate.hosts.join(' ').slice(0, 500), notAfter: certificate.notAfter.toISOString() };
  await tools.audit.note({ actor: actor.username, action: 'upload-certificate', target: certificate.id, detail });
  return certificate;
}

/** @throws Conflict when a desa that is reached by https only would be left without one */
export async function removeCertificate(tools: Toolbox, actor: Actor, id: string): Promise<void> {
  requireMay(actor, 'create-tenant', actor.wilayah);
  const certificate = await tools.certificates.find(id);
  if (certificate === null) throw new NotFound('sertifikat-tidak-ada', 'Sertifikat ini tidak ada.');
  await requireOwnHosts(tools, actor, certificate);
  const now = tools.clock.now();
  const all = await tools.certificates.list();
  const others = all.filter((one) => one.id !== id);
  const routes = (await tools.routes.all()).filter(({ security }) => security !== 'any');
  const bare = routes.find(({ host }) => certificateFor(host, all, now)?.id === id && certificateFor(host, others, now) === null);
  if (bare !== undefined) {
    throw new Conflict('sertifikat-dipakai', `${bare.host} hanya dapat dibuka lewat HTTPS dan memakai sertifikat ini.`, {
      advice: 'Unggah penggantinya lebih dahulu, atau ubah HTTPS desa itu menjadi tidak wajib.',
    });
  }
  await tools.certificates.remove(id);
  await tools.vault.remove(keyRef(id));
  await tools.audit.note({
    actor: actor.username,
    action: 'remove-certificate',
    target: id,
    detail: { hosts: certificate.hosts.join(' ') },
  });
}

/** Whoever looks after one region touches no certificate that serves another one's desa. @throws Forbidden */
export async function requireOwnHosts(tools: Toolbox, actor: Actor, certificate: Pick<Certificate, 'hosts'>): Promise<void> {
  if (actor.wilayah === null) return;
  const own = new Set((await tools.tenants.running(actor.wilayah)).map(({ id }) => id));
  const served = (await tools.routes.all()).filter(({ host }) => covers(certificate, host));
  if (served.every(({ installationId }) => own.has(installationId))) return;
  throw new Forbidden('di-luar-wilayah', 'Sertifikat ini menyangkut desa di luar wilayah akun Anda.');
}
