import { covers, keyRef } from '../domain/certificate.ts';
import type { Toolbox } from '../domain/ports.ts';

/** Removes automatic certificates that are over, and those whose every name the front answers with a newer one. What a person uploaded stays. */
export async function retireCertificates(tools: Pick<Toolbox, 'certificates' | 'vault' | 'front' | 'clock' | 'log'>): Promise<void> {
  const now = tools.clock.now();
  const [all, served] = await Promise.all([tools.certificates.list(), tools.front.secured()]);
  for (const old of all.filter(({ source }) => source === 'acme')) {
    const isUsed = served.some(({ certificateId }) => certificateId === old.id);
    const isReplaced = all.some(
      (other) =>
        other.notAfter > old.notAfter &&
        old.hosts.every((host) => covers(other, host) && served.some((one) => one.host === host && one.certificateId === other.id)),
    );
    if (isUsed || (!isReplaced && old.notAfter > now)) continue;
    await tools.certificates.remove(old.id);
    await tools.vault.remove(keyRef(old.id));
    tools.log.info({ certificate: old.id, hosts: old.hosts }, 'old certificate retired');
  }
}
