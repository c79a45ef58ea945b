import { describe, expect, it } from 'vitest';
import { type DesaAddresses, NO_ADDRESSES, planAddress, planRoutes } from '../../src/domain/address.ts';
import { parseKodeDesa } from '../../src/domain/wilayah.ts';
import { aManifest, MORE_FACTS } from '../support/builders.ts';

const FACTS = { baseDomain: 'localhost', publicScheme: 'http', publicPort: 8080, ...MORE_FACTS } as const;
const KODE = parseKodeDesa('52.01.14.2001');
const SITUS = aManifest({ name: 'opensid', mount: '/' });
const PBB = aManifest({ name: 'pbb', mount: '/pbb' });
const at = (changes: Partial<DesaAddresses>): DesaAddresses => ({ ...NO_ADDRESSES, ...changes });

describe('the address of an app', () => {
  it.each([
    ['without anything: a name below the base domain', FACTS, {}, SITUS, 'http://5201142001.localhost:8080/'],
    ['with a domain', FACTS, { domain: 'a.desa.id' }, PBB, 'http://a.desa.id:8080/pbb'],
    ['with a port of its own', FACTS, { port: 20_001 }, PBB, 'http://server.test:20001/pbb'],
    ['by https of our own', FACTS, { domain: 'a.desa.id', security: 'https' }, SITUS, 'https://a.desa.id:8443/'],
    [
      'by https of our own on its usual port',
      { ...FACTS, publicTlsPort: 443 },
      { domain: 'a.id', security: 'hsts' },
      SITUS,
      'https://a.id/',
    ],
    [
      'behind TLS of somebody else',
      { ...FACTS, publicScheme: 'https', publicPort: 443 },
      { domain: 'a.desa.id' },
      PBB,
      'https://a.desa.id/pbb',
    ],
  ] as const)('%s', (_name, facts, changes, app, url) => {
    expect(planAddress(facts, KODE, at(changes), app).url).toBe(url);
  });
});

describe('the routes of an app', () => {
  const routes = (changes: Partial<DesaAddresses>, app = SITUS): string[] =>
    planRoutes(FACTS, KODE, at(changes), app).map(({ host, path, kind, target, security }) =>
      [host + path, kind, security, target].filter((part) => part !== null).join(' '),
    );

  it('are one below the base domain while there is no domain', () => {
    expect(routes({})).toEqual(['5201142001.localhost/ site any']);
    expect(routes({ port: 20_001 })).toEqual([':20001/ site any']);
  });

  it('lead from www and from where the desa was before, each app below its own path', () => {
    const given = { domain: 'baru.desa.id', old: ['lama.desa.id', ':20001'], security: 'https' } as const;
    expect(routes(given)).toEqual([
      'baru.desa.id/ site https',
      'www.baru.desa.id/ redirect any https://baru.desa.id:8443',
      'lama.desa.id/ redirect any https://baru.desa.id:8443',
      ':20001/ redirect any https://baru.desa.id:8443',
    ]);
    expect(routes(given, PBB)[2]).toBe('lama.desa.id/pbb redirect any https://baru.desa.id:8443');
    expect(routes({ ...given, www: false })).toHaveLength(3);
  });

  it('give an app a host of its own beside its path, and only that app', () => {
    const given = { domain: 'a.desa.id', www: false, own: { pbb: 'pbb.desa.id' } };
    expect(routes(given)).toEqual(['a.desa.id/ site any']);
    expect(routes(given, PBB)).toEqual([
      'a.desa.id/pbb site any',
      'pbb.desa.id/pbb alias any',
      'pbb.desa.id/ redirect any http://pbb.desa.id:8080/pbb',
    ]);
  });
});
