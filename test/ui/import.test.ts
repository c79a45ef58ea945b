import { readSheet } from 'read-excel-file/node';
import { describe, expect, test } from 'vitest';
import { sheets } from '../../src/adapters/sheets.ts';
import { anActor } from '../support/builders.ts';
import { textOf } from '../support/html-check.ts';
import { tellJob } from '../support/ui-jobs.ts';
import { CSRF, DESA, NEIGHBOUR, openSite, smallWorld, type UiSite } from '../support/ui-site.ts';

const NEW = '52.01.14.2002';

async function send(site: UiSite, file: Buffer | string, name = 'desa.csv') {
  const form = new FormData();
  form.append('_csrf', CSRF);
  form.append('berkas', new Blob([new Uint8Array(Buffer.from(file))]), name);
  const request = new Request('http://x/', { method: 'POST', body: form });
  const payload = Buffer.from(await request.arrayBuffer());
  const headers = { 'content-type': request.headers.get('content-type') ?? '' };
  const { statusCode, body } = await site.app.inject({ method: 'POST', url: '/desa/impor/periksa', payload, headers });
  return {
    status: statusCode,
    body,
    words: textOf(body),
    rows: /name="baris" value="([^"]*)"/.exec(body)?.[1]?.replaceAll('&quot;', '"').replaceAll('&#34;', '"') ?? '',
  };
}

describe('Impor desa', () => {
  test('says of every row what is wrong and what to do, and begins nothing', async () => {
    const site = await openSite();
    const csv = [
      '\uFEFFKode Desa;Domain',
      `${NEW};senggigi.desa.id`,
      '5201142002;-',
      '52.99.99.2001;',
      '52.01;salah domain',
      '52.01.14.1003;senggigi.desa.id',
    ].join('\r\n');
    const { status, words } = await send(site, csv);
    expect(status).toBe(200);
    expect(words).toMatch(/Siap\s*1\s/);
    expect(words).toMatch(/3\s+52.01.14.2002\s+kode\s+Sama dengan baris 2\./);
    expect(words).toMatch(/4\s+52.99.99.2001\s+kode\s+Tidak ada desa dengan kode ini/);
    expect(words).toMatch(/5\s+52.01\s+kode\s+Kode desa/);
    expect(words).toMatch(/5\s+salah domain\s+domain\s+Domain/);
    expect(words).toMatch(/6\s+senggigi.desa.id\s+domain\s+Domain sama dengan baris 2\./);
    expect(site.world.memory.tenants.size).toBe(2);
    expect(site.world.memory.jobs.size).toBe(0);
  });

  test('begins only what is clear, or leaves out what is not when told to', async () => {
    const site = await openSite();
    const { rows } = await send(site, `kode,domain\n${NEW},senggigi.desa.id\n52.99.99.2001,`);
    const refused = await site.post('/desa/impor', { baris: rows, aplikasi: 'opensid' });
    expect(refused.status).toBe(422);
    expect(textOf(refused.body)).toContain('1 baris masih bermasalah. Belum ada yang dimulai.');
    expect(site.world.memory.jobs.size).toBe(0);
    const begun = await site.post('/desa/impor', { baris: rows, aplikasi: 'opensid', lewati: 'ya' });
    expect(begun.location).toMatch(/^\/pekerjaan\/bersama\?dari=/);
    expect(site.world.memory.tenants.get(NEW)?.domain).toBe('senggigi.desa.id');
    expect([...site.world.memory.jobs.values()].map(({ kode }) => kode)).toEqual([NEW]);
    expect(textOf((await site.get(begun.location)).body)).toContain('0 dari 1 selesai');
    expect(site.world.memory.audit.at(-1)).toMatchObject({ action: 'import-desa', detail: { rows: 1, skipped: 1, failed: 0 } });
  });

  test('reads XLSX as spreadsheets write it, and all desa of a kecamatan', async () => {
    const site = await openSite();
    const xlsx = await sheets.xlsx([
      ['kode', 'domain'],
      [NEW, ''],
    ]);
    expect((await send(site, xlsx, 'desa.xlsx')).words).toMatch(/Siap\s*1\s/);
    expect(textOf((await site.get('/desa/impor?wilayah=52.01.14')).body)).toMatch(/Siap\s*3\s.*Sudah terdaftar\s*1/s);
  });

  test.each([
    ['a picture', Buffer.from([0x89, 0x50, 0, 0xff]), 'bukan CSV atau XLSX'],
    ['a broken XLSX', Buffer.from('PK\u0003\u0004xxxx'), 'bukan CSV atau XLSX'],
    ['no column for the kode', Buffer.from('a,b\n1,2'), 'tidak punya kolom'],
    ['headings only', Buffer.from('kode,domain\n'), 'Tidak ada baris desa'],
    ['nothing', Buffer.alloc(0), 'Pilih berkas'],
  ])('refuses %s with a reason', async (_name, file, reason) => {
    const { status, words } = await send(await openSite(), file);
    expect(status).toBe(422);
    expect(words).toContain(reason);
  });

  test('is for who may add desa, within their own wilayah', async () => {
    for (const path of ['/desa/impor', '/desa/impor?wilayah=52.01.14'])
      expect((await (await openSite({ actor: anActor({ role: 'operator' }) })).get(path)).status).toBe(403);
  });
});

describe('one action for many desa', () => {
  test('is previewed desa by desa, then asked for where nothing stands in the way', async () => {
    const world = smallWorld();
    const site = await openSite({ world });
    tellJob(world, { kode: DESA, state: 'succeeded' });
    const before = world.memory.jobs.size;
    const preview = await site.post('/desa/massal/periksa', { tindakan: 'backup', aplikasi: 'opensid', desa: [DESA, NEIGHBOUR] });
    expect(textOf(preview.body)).toMatch(/Beleka.*Dilewati.*Belum terpasang.*Meninting.*Akan dikerjakan/s);
    expect(world.memory.jobs.size).toBe(before);
    const all = await site.post('/desa/massal/periksa', { tindakan: 'backup', aplikasi: 'opensid', semua: 'ya', 's:search': 'menin' });
    expect(textOf(all.body)).not.toContain('Beleka');
    const begun = await site.post('/desa/massal', { tindakan: 'backup', aplikasi: 'opensid', daftar: DESA });
    expect(begun.location).toContain('/pekerjaan/bersama');
    expect([...world.memory.jobs.values()].filter(({ workflow }) => workflow === 'backup').map(({ kode }) => kode)).toEqual([DESA]);
    expect((await site.post('/desa/massal/periksa', { tindakan: 'rm -rf', aplikasi: 'opensid', desa: [DESA] })).status).toBe(422);
    expect((await site.post('/desa/massal/periksa', { tindakan: 'backup', aplikasi: 'opensid' })).status).toBe(422);
  });
});

test('what is taken along runs no formula, is noted, and holds what the filters leave', async () => {
  const site = await openSite({ world: smallWorld({ names: { [DESA]: '=HYPERLINK("http://jahat")' } }) });
  const csv = await site.get('/desa/ekspor');
  expect(csv.headers['content-disposition']).toMatch(/attachment; filename="data-desa-.*\.csv"/);
  expect(csv.body).toContain(`"'=HYPERLINK(""http://jahat"")"`);
  expect((await site.get('/desa/ekspor?cari=beleka')).body).not.toContain('HYPERLINK');
  const xlsx = await site.app.inject({ url: '/desa/ekspor?jenis=xlsx' });
  expect((await readSheet(xlsx.rawPayload)).flat()).toContain('=HYPERLINK("http://jahat")');
  expect(site.world.memory.audit.map(({ action }) => action)).toEqual(['export-desa', 'export-desa', 'export-desa']);
});

test('columns that somebody hides stay hidden for them', async () => {
  const site = await openSite();
  await site.post('/desa/kolom', { kolom: ['aplikasi'], lanjut: '/desa?cari=men' });
  const { body } = await site.get('/desa');
  expect(body).toContain('>Aplikasi</th>');
  expect(body).not.toContain('>Situs</th>');
});
