import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { may, ROLES } from '../../src/domain/access.ts';
import { channelFor, newestFirst, ofChannel, versionOfTag } from '../../src/domain/app.ts';
import { Broken, explain, Invalid } from '../../src/domain/errors.ts';
import { planNames } from '../../src/domain/plan.ts';
import { Secret } from '../../src/domain/secret.ts';
import { settleSettings } from '../../src/domain/setting.ts';
import { parseDomain, requireScope } from '../../src/domain/tenant.ts';
import {
  digitsOf,
  indukOf,
  kecamatanOf,
  parseKodeDesa,
  parseKodeTenant,
  parseKodeWilayah,
  scopeOf,
  tingkatOf,
} from '../../src/domain/wilayah.ts';
import { aManifest, anActor, aSetting, MORE_FACTS } from '../support/builders.ts';

describe('kode wilayah', () => {
  it('is read with dots or as ten digits, and printed with dots', () => {
    expect(parseKodeDesa(' 5201142001 ')).toBe('52.01.14.2001');
    expect(digitsOf(parseKodeDesa('52.01.14.2001'))).toBe('5201142001');
  });
  for (const text of [
    '',
    '52',
    '52.01.14',
    '52.01.14.201',
    '52.01.14.20011',
    '52-01-14-2001',
    "52.01.14.2001'--",
    '５２.01.14.2001',
    '../../etc',
  ]) {
    it(`refuses "${text}" as a desa`, () => expect(() => parseKodeDesa(text)).toThrow(Invalid));
  }
  it('knows the regions above', () => {
    const kode = parseKodeDesa('52.01.14.2001');
    expect([kecamatanOf(kode), indukOf(kecamatanOf(kode)), tingkatOf(kode)]).toEqual(['52.01.14', '52.01', 'desa']);
    expect(indukOf(parseKodeWilayah('52'))).toBeNull();
  });
});

describe('kode of a tenant', () => {
  it('says whether it is a desa, a kecamatan or a kabupaten, with dots or as digits', () => {
    const read = ['5201142001', '52.01.14', '520114', '5201', '52.01'].map(parseKodeTenant);
    expect(read).toEqual(['52.01.14.2001', '52.01.14', '52.01.14', '52.01', '52.01']);
    expect(read.map(scopeOf)).toEqual(['desa', 'kecamatan', 'kecamatan', 'kabupaten', 'kabupaten']);
  });
  for (const text of ['', '52', '52.1', '520', '5201141', '520114200', '5201.14']) {
    it(`refuses "${text}"`, () => expect(() => parseKodeTenant(text)).toThrow(Invalid));
  }
  it('lets an app in only where it belongs', () => {
    const openDk = { title: 'OpenDK', scope: 'kecamatan' } as const;
    expect(() => requireScope(openDk, parseKodeTenant('52.01.14'))).not.toThrow();
    expect(() => requireScope(openDk, parseKodeTenant('52.01.14.2001'))).toThrow(
      'OpenDK adalah aplikasi kecamatan, sedangkan 52.01.14.2001 adalah desa.',
    );
    expect(() => requireScope(openDk, parseKodeTenant('52.01'))).toThrow(Invalid);
  });
});

describe('domain', () => {
  it('is lower-cased; "-" and nothing mean none yet', () => {
    expect(parseDomain(' SukaMaju.Desa.ID. ')).toBe('sukamaju.desa.id');
    expect([parseDomain('-'), parseDomain(''), parseDomain(null)]).toEqual([null, null, null]);
  });
  for (const text of [
    'https://a.desa.id',
    'a.desa.id/x',
    'a.desa.id:80',
    '*.desa.id',
    'localhost',
    '10.0.0.1',
    'a..id',
    '-a.id',
    'a b.id',
    'a.id;}',
    `${'a'.repeat(64)}.id`,
  ]) {
    it(`refuses "${text}"`, () => expect(() => parseDomain(text)).toThrow(Invalid));
  }
});

describe('releases', () => {
  it('are ordered by their numbers, patch releases too, and other tags are left out', () => {
    expect(newestFirst(aManifest(), ['v1.9.0', 'v1.10.0', 'v1.10.2', 'beta', 'v1.10.0-rc1', '1.0.0'])).toEqual([
      'v1.10.2',
      'v1.10.0',
      'v1.9.0',
    ]);
  });
});

describe('a channel', () => {
  const manifest = aManifest({
    source: { repo: 'r', tags: '^v(\\d+)$', version: null, channels: { premium: { setting: 'langganan', repo: 'p' } } },
  });
  it('is chosen by a setting, and its releases bear its name', () => {
    expect([{}, { langganan: 'umum' }, { langganan: 'premium' }].map((settings) => channelFor(manifest, settings))).toEqual([
      '',
      '',
      'premium',
    ]);
    expect(['premium/v2', 'v2'].map(versionOfTag)).toEqual(['2', '2']);
    const tags = newestFirst(manifest, ['v1', 'premium/v3', 'v2', 'premium/x']);
    expect(tags).toEqual(['premium/v3', 'v2', 'v1']);
    expect([ofChannel(tags, ''), ofChannel(tags, 'premium')]).toEqual([['v2', 'v1'], ['premium/v3']]);
  });
});

describe('settings', () => {
  it('are the wanted over the defaults; unknown names and values are refused', () => {
    expect(settleSettings(aManifest(), {})).toEqual({ gangguan: 'tidak-ada' });
    expect(settleSettings(aManifest(), { gangguan: 'lambat' })).toEqual({ gangguan: 'lambat' });
    expect(() => settleSettings(aManifest(), { gangguan: 'apa' })).toThrow(/bukan pilihan/);
    expect(() => settleSettings(aManifest(), { lain: 'x' })).toThrow(/tidak mempunyai setelan/);
  });

  it('that need another are refused without it, but only when somebody touches them', () => {
    const premium = aManifest({
      settings: [
        aSetting({ name: 'langganan', label: 'Langganan', options: ['umum', 'premium'], default: 'umum' }),
        aSetting({ name: 'token', label: 'Token', kind: 'secret', options: [], default: '', needed: { langganan: 'premium' } }),
      ],
    });
    expect(() => settleSettings(premium, { langganan: 'premium' })).toThrow('Token: wajib diisi untuk Langganan premium.');
    expect(() => settleSettings(premium, { token: '' }, { langganan: 'premium', token: 'x' })).toThrow(/wajib diisi/);
    expect(settleSettings(premium, { langganan: 'premium', token: 'x' })).toEqual({ langganan: 'premium', token: 'x' });
    expect(settleSettings(premium, {}, { langganan: 'premium' })).toEqual({ langganan: 'premium', token: '' });
  });
});

describe('plan', () => {
  const facts = {
    instance: 'pendopo',
    baseDomain: 'localhost',
    publicScheme: 'http',
    publicPort: 8080,
    ...MORE_FACTS,
  } as const;
  const tenant = { kode: parseKodeDesa('52.01.14.2001'), domain: null };
  it('names everything after instance, desa and app; no network unless the app needs one', () => {
    expect(planNames(facts, tenant, aManifest({ name: 'contoh-opensid' }))).toEqual({
      schema: 'pendopo_5201142001_contoh_opensid',
      databaseUser: 'pendopo_5201142001_contoh_opensid',
      container: 'pendopo-5201142001-contoh-opensid',
      network: null,
      reader: null,
      folder: 'desa/5201142001/contoh-opensid',
      runFolder: 'run/5201142001-contoh-opensid',
    });
    expect(planNames(facts, tenant, aManifest({ egress: 'internet' })).network).toBe('pendopo-5201142001-contoh');
    expect(planNames({ ...facts, databaseOverNetwork: true }, tenant, aManifest()).network).toBe('pendopo-5201142001-contoh');
  });
  it('keeps names within the limits of MariaDB, Docker and sockets for the longest instance and app', () => {
    const names = planNames({ ...facts, instance: 'a'.repeat(16) }, tenant, aManifest({ name: 'b'.repeat(20) }));
    expect(names.schema?.length).toBeLessThanOrEqual(64);
    expect(`${'d'.repeat(60)}/${names.runFolder}/http.sock`.length).toBeLessThanOrEqual(107);
  });
});

describe('a secret', () => {
  const secret = new Secret('hunter2');
  it('does not show in text, JSON or inspection', () => {
    expect([`${secret}`, JSON.stringify({ secret }), inspect({ secret }), String(secret)].join()).not.toContain('hunter2');
    expect(secret.expose()).toBe('hunter2');
  });
});

describe('errors', () => {
  it('are explained with their whole chain, each message once', () => {
    const error = new Broken('x', 'Luar', { cause: new Error('tengah', { cause: new Error('dalam') }) });
    expect(explain(error)).toBe('Luar ← tengah ← dalam');
    expect(explain(new Error('sama', { cause: new Error('sama') }))).toBe('sama');
  });
});

describe('access', () => {
  it('lets nobody touch what lies outside their wilayah', () => {
    const neighbour = parseKodeDesa('52.01.01.2001');
    for (const role of ROLES) {
      expect(may(anActor({ role, wilayah: parseKodeWilayah('52.01.14') }), 'read', neighbour)).toBe(false);
      expect(may(anActor({ role }), 'read', neighbour)).toBe(true);
    }
  });
  it('lets only superadmin and kabupaten take things away', () => {
    expect(ROLES.filter((role) => may(anActor({ role }), 'remove', null))).toEqual(['superadmin', 'kabupaten']);
    expect(ROLES.filter((role) => may(anActor({ role }), 'retry', null))).toEqual(['superadmin', 'kabupaten', 'operator', 'kecamatan']);
  });
});
