import { certificateFor, keyRef, type ServedHost } from '../domain/certificate.ts';
import type { Toolbox } from '../domain/ports.ts';
import type { Route } from '../domain/ports-records.ts';

type Tools = Pick<Toolbox, 'certificates' | 'certificateChoices' | 'vault' | 'front' | 'clock' | 'facts'>;

/** Every host of these routes that a certificate is good for; the certificates lie ready for the front afterwards. */
export async function secureHosts(routes: readonly Route[], tools: Tools): Promise<readonly ServedHost[]> {
  const certificates = await tools.certificates.list();
  if (certificates.length === 0) return [];
  const now = tools.clock.now();
  const choices = await tools.certificateChoices.ofInstallations();
  const secured = routes.filter(({ installationId }) => choices.get(installationId) !== 'none');
  // A desa's own port is reached by the server's name.
  const names = [...new Set(secured.map(({ host }) => (host.startsWith(':') ? tools.facts.publicHost : host)))];
  const found = names.flatMap((host) => {
    const certificate = certificateFor(host, certificates, now);
    return certificate === null ? [] : [{ host, certificate }];
  });
  for (const certificate of new Set(found.map((one) => one.certificate))) {
    await tools.front.keepCertificate(certificate, () => tools.vault.read(keyRef(certificate.id)));
  }
  return found.map(({ host, certificate }) => ({ host, certificateId: certificate.id }));
}
