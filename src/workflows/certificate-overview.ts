/** Certificates as people look at them: which name uses which, and how long that one lasts. */
import { type Certificate, certificateFor, expiryOf, type Lifetime } from '../domain/certificate.ts';
import type { CertificateOrder } from '../domain/certificate-order.ts';
import type { Toolbox } from '../domain/ports.ts';
import type { KodeWilayah } from '../domain/wilayah.ts';

export interface UsedCertificate {
  readonly certificate: Certificate;
  /** Names that are served with it; empty: none is. */
  readonly used: readonly string[];
}

type Tools = Pick<Toolbox, 'certificates' | 'certificateChoices' | 'routes' | 'clock'>;

/** Every certificate and its names in use, the one that ends soonest first. */
export async function usedCertificates(tools: Tools): Promise<readonly UsedCertificate[]> {
  const [certificates, names] = await Promise.all([tools.certificates.list(), namesOf(tools, null)]);
  const now = tools.clock.now();
  const used = new Map<string, string[]>();
  for (const host of names) {
    const id = certificateFor(host, certificates, now)?.id;
    if (id !== undefined) used.set(id, [...(used.get(id) ?? []), host]);
  }
  return certificates.map((certificate) => ({ certificate, used: used.get(certificate.id) ?? [] }));
}

export interface EndingCertificate extends Lifetime {
  /** One of the names that are served with it. */
  readonly host: string;
  readonly more: number;
  readonly certificate: Certificate;
  /** Why its renewal fails; null: it has not been tried, or needs a person. */
  readonly order: CertificateOrder | null;
}

/** Those in use that end soon or are over, worst first; of the desa of a region only. */
export async function endingCertificates(
  tools: Tools & Pick<Toolbox, 'certificateOrders' | 'tenants'>,
  within: KodeWilayah | null,
): Promise<readonly EndingCertificate[]> {
  const now = tools.clock.now();
  const certificates = await tools.certificates.list();
  const isEnding = (one: Certificate): boolean => expiryOf(one, now).state !== 'good';
  // The usual day: nothing ends, and nobody needs to be asked whose is what.
  if (!certificates.some(isEnding)) return [];
  const [names, orders] = await Promise.all([namesOf(tools, within), tools.certificateOrders.list()]);
  const last = new Map<string, { certificate: Certificate; hosts: string[] }>();
  for (const host of names) {
    // One that is over serves nobody any more, but its names had it.
    const best = certificateFor(host, certificates, now) ?? certificateFor(host, certificates.filter(isEnding), now, 'over');
    if (best === null || !isEnding(best)) continue;
    last.set(best.id, { certificate: best, hosts: [...(last.get(best.id)?.hosts ?? []), host] });
  }
  return [...last.values()]
    .map(({ certificate, hosts }) => ({
      ...{ host: hosts[0] ?? '', more: hosts.length - 1, certificate, ...expiryOf(certificate, now) },
      order: orders.find(({ host, failure }) => hosts.includes(host) && failure !== null) ?? null,
    }))
    .sort((a, b) => a.certificate.notAfter.getTime() - b.certificate.notAfter.getTime());
}

/** Names of sites, without ports, and without those of desa that want no https. */
async function namesOf(tools: Tools & Partial<Pick<Toolbox, 'tenants'>>, within: KodeWilayah | null): Promise<readonly string[]> {
  const [routes, choices, running] = await Promise.all([
    tools.routes.all(),
    tools.certificateChoices.ofInstallations(),
    within === null ? null : tools.tenants?.running(within),
  ]);
  const inside = running === null || running === undefined ? null : new Set(running.map(({ id }) => id));
  const secured = routes.filter(({ installationId: id }) => choices.get(id) !== 'none' && (inside === null || inside.has(id)));
  return [...new Set(secured.map(({ host }) => host))].filter((host) => !host.startsWith(':'));
}
