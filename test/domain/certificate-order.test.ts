import { describe, expect, it } from 'vitest';
import type { Certificate } from '../../src/domain/certificate.ts';
import { afterRefusal, askableAt, isPublicName, namesOwed, newOrder } from '../../src/domain/certificate-order.ts';

const NOW = new Date('2026-11-24T00:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const later = (ms: number): Date => new Date(NOW.getTime() + ms);
const failure = { code: 'x', message: 'x', advice: 'x', detail: null };

const aCertificate = (host: string, source: Certificate['source'], daysLeft: number, lifetime = 90): Certificate => ({
  ...{ id: `${host}${daysLeft}`, hosts: [host], chain: '', fingerprint: '', issuer: '', source, createdAt: NOW, createdBy: '' },
  ...{ notBefore: later((daysLeft - lifetime) * DAY), notAfter: later(daysLeft * DAY) },
});

describe('a name that is refused', () => {
  it('is asked for less and less often: at most five times a day', () => {
    let order = newOrder('a.desa.id', NOW);
    const tries: number[] = [];
    for (let now = NOW; now < later(2 * DAY); now = order.nextAt) {
      tries.push(now.getTime() - NOW.getTime());
      order = afterRefusal({ ...order, certificateId: 'C', orderUrl: 'https://x/1' }, failure, now);
      expect(order).toMatchObject({ certificateId: null, orderUrl: null });
    }
    const hours = [0, 1 / 6, 7 / 6, 25 / 6, 73 / 6];
    expect(tries.filter((at) => at < DAY).map((at) => at / HOUR)).toEqual(hours.map((at) => expect.closeTo(at, 6)));
    expect(tries.filter((at) => at >= DAY).length).toBeLessThanOrEqual(2);
  });

  it('may be asked for by hand three times an hour and eight times a day', () => {
    const refusedAt = (...minutes: readonly number[]) => askableAt({ refused: minutes.map((at) => later(-at * MINUTE)) }, NOW);
    expect(refusedAt()).toBe(null);
    expect(refusedAt(50, 20)).toBe(null);
    expect(refusedAt(50, 20, 5)).toEqual(later(10 * MINUTE));
    expect(refusedAt(70, 50, 20)).toBe(null);
    expect(refusedAt(1_400, 1_200, 1_000, 900, 800, 700, 600, 500)).toEqual(later(40 * MINUTE));
  });
});

describe('names that are owed a certificate', () => {
  it('have none, or an automatic one of which a third is left; uploaded ones are renewed by people', () => {
    const certificates = [
      aCertificate('baru.id', 'acme', 80),
      aCertificate('sepertiga.id', 'acme', 29),
      aCertificate('seperenam.id', 'acme', 14),
      aCertificate('unggahan.id', 'upload', 2),
      aCertificate('sudah-diganti.id', 'acme', 10),
      aCertificate('sudah-diganti.id', 'acme', 88),
      aCertificate('enam-hari.id', 'acme', 3, 6),
      aCertificate('*.kab.go.id', 'upload', 200, 365),
    ];
    const names = ['tanpa.id', 'satu.kab.go.id', 'a.satu.kab.go.id', ...certificates.flatMap(({ hosts }) => hosts).slice(0, -1)];
    const owed = (left: 'third' | 'sixth') => [...new Set(namesOwed(names, certificates, NOW, left))];
    expect(owed('third')).toEqual(['tanpa.id', 'a.satu.kab.go.id', 'sepertiga.id', 'seperenam.id']);
    expect(owed('sixth')).toEqual(['tanpa.id', 'a.satu.kab.go.id', 'seperenam.id']);
  });

  it('are names that an authority can look up', () => {
    for (const host of ['sukamaju.desa.id', 'www.sukamaju.desa.id', '5201142001.lombokbaratkab.go.id'])
      expect(isPublicName(host)).toBe(true);
    for (const host of ['localhost', '5201142001.localhost', 'server', ':20001', '*.desa.id', '10.0.0.1', 'x.local', 'x.test', '']) {
      expect(isPublicName(host), host).toBe(false);
    }
  });
});
