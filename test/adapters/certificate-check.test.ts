import { describe, expect, it } from 'vitest';
import { readCertificate } from '../../src/adapters/certificate-check.ts';
import { certificateFor, covers, expiryOf } from '../../src/domain/certificate.ts';
import { PendopoError } from '../../src/domain/errors.ts';
import { Secret } from '../../src/domain/secret.ts';
import { makeCertificate } from '../support/certificates.ts';

/** A little ahead: certificates begin at whole seconds, some of which are still to come. */
const NOW = new Date(Date.now() + 60_000);
const root = makeCertificate(['akar.uji'], { isAuthority: true });
const between = makeCertificate(['antara.uji'], { by: root, isAuthority: true });
const leaf = makeCertificate(['sukamaju.desa.id', '*.Kab.go.id'], { by: between });
const other = makeCertificate(['lain.desa.id']);

const read = (chain: string, key = leaf.key) => readCertificate({ chain, key: new Secret(key) }, NOW);
const refusal = (work: () => unknown): string => {
  try {
    work();
    return 'accepted';
  } catch (error) {
    return error instanceof PendopoError ? `${error.field} ${error.code}` : String(error);
  }
};

describe('a certificate that is uploaded', () => {
  it('is put in order towards its root, whatever the order of the file, and told by its names', () => {
    const found = read(`sampah\n${root.chain}${between.chain}${other.chain}${leaf.chain}`);
    expect(found).toMatchObject({ hosts: ['sukamaju.desa.id', '*.kab.go.id'], issuer: 'Uji Penerbit' });
    expect(found.chain.replaceAll(/\s/g, '')).toBe(`${leaf.chain}${between.chain}`.replaceAll(/\s/g, ''));
    expect(found.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(found)).not.toContain('PRIVATE KEY');
    expect(read(other.chain, other.key).hosts).toEqual(['lain.desa.id']);
  });

  it.each([
    ['a key of another one', () => read(`${leaf.chain}${between.chain}${root.chain}`, other.key), 'key kunci-bukan-pasangannya'],
    ['no key', () => read(leaf.chain, 'bukan kunci'), 'key kunci-rusak'],
    ['a key with a password', () => read(leaf.chain, '-----BEGIN ENCRYPTED PRIVATE KEY-----'), 'key kunci-bersandi'],
    ['no certificate', () => read('<html>'), 'chain bukan-sertifikat'],
    ['a damaged one', () => read(leaf.chain.replace(/\n.{20}/, '\nAAAAAAAAAAAAAAAAAAAA')), 'chain sertifikat-rusak'],
    ['a chain with a gap', () => read(`${leaf.chain}${root.chain}`), 'chain rantai-kurang'],
    ['one that names no domain', () => read(...nameless()), 'chain sertifikat-tanpa-domain'],
  ] as const)('is refused with %s', (_name, work, code) => {
    expect(refusal(work)).toBe(code);
  });

  it('is refused before it begins and after it has ended', () => {
    const at = (days: number): string =>
      refusal(() => readCertificate({ chain: other.chain, key: new Secret(other.key) }, new Date(NOW.getTime() + days * 86_400_000)));
    expect([at(-1), at(1), at(91)]).toEqual(['chain sertifikat-belum-berlaku', 'accepted', 'chain sertifikat-kedaluwarsa']);
  });
});

function nameless(): [string, string] {
  const { chain, key } = makeCertificate([]);
  return [chain, key];
}

describe('the certificate of a host', () => {
  const one = (id: string, hosts: string[], days: number, begins = 0) => ({
    ...{ id, hosts, chain: '', fingerprint: id, issuer: '', source: 'upload' as const, createdBy: 'x', createdAt: NOW },
    ...{ notBefore: new Date(NOW.getTime() + begins * 86_400_000 - 1), notAfter: new Date(NOW.getTime() + days * 86_400_000) },
  });
  it('is the one that lasts longest of those good for it now; a star is one label', () => {
    const all = [one('lama', ['a.id'], 10), one('baru', ['a.id', '*.b.id'], 80), one('belum', ['a.id'], 99, 5), one('habis', ['c.id'], -1)];
    const chosen = (host: string) => certificateFor(host, all, NOW)?.id ?? null;
    expect(['a.id', 'x.b.id', 'b.id', 'x.y.b.id', 'c.id'].map(chosen)).toEqual(['baru', 'baru', null, null, null]);
    expect(covers({ hosts: ['*.id'] }, 'a.id')).toBe(true);
  });
  it('is warned of three weeks before it ends, or in the last quarter of a short life', () => {
    const stateOf = (days: number, begun: number) => expiryOf(one('x', [], days, begun), NOW).state;
    expect([30, 20, -1].map((days) => stateOf(days, -70))).toEqual(['good', 'soon', 'over']);
    expect([stateOf(2, -4), stateOf(1, -5)]).toEqual(['good', 'soon']);
  });
});
