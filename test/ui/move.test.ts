import { describe, expect, it } from 'vitest';
import { ROLES } from '../../src/domain/access.ts';
import { anActor } from '../support/builders.ts';
import { faultsOf } from '../support/html-check.ts';
import { openSite } from '../support/ui-site.ts';

const KODE = '5201142001';

describe('moving out of a shared database', () => {
  it.each(ROLES)('is shown to a superadmin alone: %s', async (role) => {
    const site = await openSite({ actor: anActor({ role }) });
    const status = role === 'superadmin' ? 200 : 403;
    for (const path of ['/pindahan', '/pindahan/kabupaten', `/pindahan/kabupaten/${KODE}`]) {
      const page = await site.get(path);
      expect([path, page.status]).toEqual([path, status]);
      expect(faultsOf(page.body)).toEqual([]);
    }
  });

  it('names a source without showing its password again, and says what was wrong with it', async () => {
    const site = await openSite({ actor: anActor({ role: 'superadmin' }) });
    const wrong = await site.post('/pindahan', { nama: 'lain', aplikasi: 'opensid', alamat: 'http://a:sandi-rahasia@b/c' });
    expect([wrong.status, wrong.body.includes('sandi-rahasia'), wrong.body.includes('mysql://akun:sandi@server')]).toEqual([
      422,
      false,
      true,
    ]);
    const made = await site.post('/pindahan', { nama: 'lain', aplikasi: 'opensid', alamat: 'mysql://a:sandi@b:3306/c' });
    expect([made.status, made.location]).toEqual([303, '/pindahan']);
  });
});
