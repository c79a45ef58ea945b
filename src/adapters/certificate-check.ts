/** What a person uploads as a certificate → what the front can serve, or why it cannot. Nothing is asked of the network. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import type { CheckedCertificate, ReadCertificate } from '../domain/certificate.ts';
import { Invalid } from '../domain/errors.ts';
import { Secret } from '../domain/secret.ts';

const BLOCK = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;
const HOST = /^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/;
/** More do not fit the vault, and nobody needs them. */
const LONGEST_RSA = 4_096;
const SHORTEST_RSA = 2_048;
const MOST_BLOCKS = 10;

export const readCertificate: ReadCertificate = (upload, now): CheckedCertificate => {
  const key = readKey(upload.key.expose());
  const all = readBlocks(upload.chain);
  const leaf = all.find((one) => one.checkPrivateKey(key));
  if (leaf === undefined) throw wrong('key', 'kunci-bukan-pasangannya', 'Kunci ini bukan pasangan sertifikat yang diunggah.');
  const notAfter = new Date(leaf.validTo);
  const notBefore = new Date(leaf.validFrom);
  if (notAfter <= now)
    throw wrong('chain', 'sertifikat-kedaluwarsa', `Sertifikat ini sudah berakhir pada ${notAfter.toISOString().slice(0, 10)}.`);
  if (notBefore > now)
    throw wrong('chain', 'sertifikat-belum-berlaku', `Sertifikat ini baru berlaku mulai ${notBefore.toISOString().slice(0, 10)}.`);
  return {
    hosts: hostsOf(leaf),
    chain: chainOf(leaf, all, rootsIn(upload.roots ?? null))
      .map(String)
      .join(''),
    fingerprint: leaf.fingerprint256.replaceAll(':', '').toLowerCase(),
    issuer: nameIn(leaf.issuer),
    ...{ notBefore, notAfter },
    key: new Secret(key.export({ type: 'pkcs8', format: 'pem' }).toString()),
  };
};

function readBlocks(text: string): readonly X509Certificate[] {
  const blocks = text.match(BLOCK) ?? [];
  if (blocks.length === 0)
    throw wrong('chain', 'bukan-sertifikat', 'Isi ini bukan sertifikat PEM: harus ada baris -----BEGIN CERTIFICATE-----.');
  if (blocks.length > MOST_BLOCKS)
    throw wrong('chain', 'sertifikat-terlalu-banyak', `Paling banyak ${MOST_BLOCKS} sertifikat dalam satu berkas.`);
  return blocks.map((block, index) => {
    try {
      return new X509Certificate(block);
    } catch (error) {
      throw wrong('chain', 'sertifikat-rusak', `Sertifikat ke-${index + 1} dalam berkas ini rusak.`, error);
    }
  });
}

function readKey(text: string): KeyObject {
  if (/ENCRYPTED/.test(text))
    throw wrong(
      'key',
      'kunci-bersandi',
      'Kunci ini masih bersandi. Buka sandinya lebih dahulu: openssl pkey -in kunci.pem -out terbuka.pem',
    );
  let key: KeyObject;
  try {
    key = createPrivateKey(text);
  } catch {
    // Without its reason: that could quote what was pasted.
    throw wrong('key', 'kunci-rusak', 'Isi ini bukan kunci privat PEM yang utuh.');
  }
  const bits = key.asymmetricKeyDetails?.modulusLength ?? SHORTEST_RSA;
  const known = key.asymmetricKeyType === 'rsa' || key.asymmetricKeyType === 'ec';
  if (!known || bits < SHORTEST_RSA || bits > LONGEST_RSA) {
    throw wrong('key', 'kunci-tidak-didukung', `Kunci harus RSA ${SHORTEST_RSA}–${LONGEST_RSA} bit atau EC.`);
  }
  return key;
}

/** From the certificate towards a root that browsers know; the root itself need not be sent. */
function chainOf(leaf: X509Certificate, all: readonly X509Certificate[], roots: readonly string[]): readonly X509Certificate[] {
  const chain = [leaf];
  for (let last = leaf; !isOwnIssuer(last); ) {
    const next = all.find((one) => !chain.includes(one) && isIssuedBy(last, one));
    if (next === undefined) return requireKnownRoot(chain, last, roots);
    chain.push(next);
    last = next;
  }
  // One that signed itself is a test's, or the root of an authority of the kabupaten's own.
  return chain.length > 1 ? chain.slice(0, -1) : chain;
}

function rootsIn(own: string | null): readonly string[] {
  return own === null ? rootCertificates : [...(own.match(BLOCK) ?? []), ...rootCertificates];
}

function requireKnownRoot(chain: readonly X509Certificate[], last: X509Certificate, roots: readonly string[]): readonly X509Certificate[] {
  if (roots.some((pem) => isIssuedBy(last, new X509Certificate(pem)))) return chain;
  throw wrong(
    'chain',
    'rantai-kurang',
    `Rantai sertifikat tidak lengkap: sertifikat "${nameIn(last.issuer)}" belum disertakan. Unggah berkas fullchain.`,
  );
}

function isIssuedBy(one: X509Certificate, issuer: X509Certificate): boolean {
  return one.checkIssued(issuer) && one.verify(issuer.publicKey);
}

function isOwnIssuer(one: X509Certificate): boolean {
  return isIssuedBy(one, one);
}

function hostsOf({ subjectAltName = '' }: X509Certificate): readonly string[] {
  const names = [...subjectAltName.matchAll(/DNS:([^\s,"]+)/g)].map(([, name = '']) => name.toLowerCase());
  const hosts = [...new Set(names)].filter((name) => name.length <= 190 && HOST.test(name));
  if (hosts.length > 0) return hosts;
  throw wrong('chain', 'sertifikat-tanpa-domain', 'Sertifikat ini tidak menyebut satu domain pun (subjectAltName).');
}

/** `O=Let's Encrypt` or `CN=…` of a distinguished name. */
function nameIn(name: string): string {
  const found = /^O=(.+)$/m.exec(name) ?? /^CN=(.+)$/m.exec(name);
  return (found?.[1] ?? name).slice(0, 120);
}

function wrong(field: 'chain' | 'key', code: string, message: string, cause?: unknown): Invalid {
  return new Invalid(code, message, { field, ...(cause === undefined ? {} : { cause }) });
}
