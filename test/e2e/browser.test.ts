import { createReadStream } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parseKodeDesa } from '../../src/domain/wilayah.ts';
import { hasBrowser, openBrowser, type TestBrowser } from '../support/browser.ts';
import { dataOf, work } from '../support/desa-data.ts';
import { type DockerRelay, openDockerRelay } from '../support/docker-relay.ts';
import { rowsSaid, untar } from '../support/elsewhere.ts';
import { type Instance, startInstance } from '../support/instance.ts';
import { operatorPaths, pathWithoutStream } from '../support/operator-paths.ts';

/** Building the shared images on a fresh machine takes minutes, once. */
const FIRST = 900_000;
const JOB = 120_000;
const APP = 'contoh-opensid';
const KODE = '52.01.14.2001';
const SECOND = '52.01.14.2002';
const IMPORTED = ['52.01.14.2003', '52.01.14.2005'] as const;
const PASSWORD = 'menanam padi di pagi hari';

describe.skipIf(!hasBrowser)('somebody at a browser', () => {
  let pendopo: Instance;
  let site: Awaited<ReturnType<Instance['web']>>;
  let browser: TestBrowser;
  let docker: DockerRelay;
  beforeAll(async () => {
    const regions = ['52.01', '52.02.01', '33.05.01'];
    docker = await openDockerRelay();
    const env = { DOCKER_HOST: docker.host };
    pendopo = await startInstance({ databaseUrl: inject('databaseUrl'), redisUrl: inject('redisUrl'), regions, env });
    pendopo.realWorker();
    [site, browser] = await Promise.all([pendopo.web(), openBrowser()]);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await pendopo?.close();
    await docker?.close();
  }, 60_000);

  /** How far the job on the page was each time we looked, until it ended. */
  async function watchJob(withinMs: number): Promise<{ readonly percents: readonly number[]; readonly word: string | undefined }> {
    const { page } = browser;
    const state = page.locator('#keadaan');
    const percents: number[] = [];
    const limit = Date.now() + withinMs;
    for (;;) {
      const [active, percent] = [await state.getAttribute('data-aktif'), Number(await state.getAttribute('data-persen'))];
      if (percents.at(-1) !== percent) percents.push(percent);
      if (active === 'tidak') return { percents, word: (await state.locator('.pd-badge').first().textContent())?.trim() };
      if (Date.now() > limit) throw new Error(`still at ${percent}%: ${await state.textContent()}`);
      await delay(50);
    }
  }

  async function look(name: string): Promise<void> {
    expect(await browser.look(name), name).toEqual([]);
  }

  /** A button that asks once more. */
  async function press(name: string): Promise<void> {
    await browser.page.getByRole('button', { name, exact: true }).click();
    await browser.page.locator('dialog[open]').getByRole('button').last().click();
  }

  it('signs in with the one-time password and has to choose one of their own', async () => {
    const { page } = browser;
    await page.goto(`${site.url}/desa`);
    await page.getByLabel('Nama pengguna').fill(site.username);
    await page.getByLabel('Kata sandi').fill(`${site.password}x`);
    await page.getByRole('button', { name: 'Masuk' }).click();
    await page.getByRole('alert').waitFor();
    await look('masuk-ditolak');

    await page.getByLabel('Kata sandi').fill(site.password);
    await page.getByRole('button', { name: 'Masuk' }).click();
    await page.waitForURL('**/ganti-sandi');
    await page.goto(`${site.url}/desa`);
    expect(page.url()).toBe(`${site.url}/ganti-sandi`);
    await look('ganti-sandi');
    await page.getByLabel('Kata sandi saat ini').fill(site.password);
    await page.getByLabel('Kata sandi baru', { exact: true }).fill(PASSWORD);
    await page.getByLabel('Ulangi kata sandi baru').fill(PASSWORD);
    await page.getByRole('button', { name: 'Simpan kata sandi' }).click();
    await page.waitForURL(({ pathname }) => pathname === '/');
    await expect.poll(() => page.getByText('Kata sandi diganti.').count()).toBe(1);
    await look('desa-kosong');
  });

  it('adds a desa by kabupaten and kecamatan, installs, and watches the steps without reloading', { timeout: FIRST }, async () => {
    const { page } = browser;
    await page.getByRole('link', { name: 'Tambah desa pertama' }).click();
    await page.getByLabel('Provinsi').selectOption({ label: 'Nusa Tenggara Barat' });
    await page.getByLabel('Kabupaten/Kota').selectOption({ label: 'Kabupaten Lombok Barat' });
    await page.getByLabel('Kecamatan').selectOption({ label: 'Batu Layar' });
    await page.getByRole('checkbox', { name: 'Desa Batulayar' }).check();
    await page.getByRole('radio', { name: /^Contoh OpenSID/ }).check();
    await look('tambah-desa');
    await page.getByRole('button', { name: 'Pasang', exact: true }).click();
    await page.waitForURL('**/pekerjaan/*');

    await page.evaluate('globalThis.notReloaded = true');
    await page.locator('.pd-log-line').first().waitFor();
    await look('pekerjaan-berjalan');
    const { percents, word } = await watchJob(FIRST);
    expect(word).toBe('Berhasil');
    expect(percents.length).toBeGreaterThan(2);
    expect(percents).toEqual(percents.toSorted((a, b) => a - b));
    expect(percents.at(-1)).toBe(100);
    expect(await page.evaluate('globalThis.notReloaded')).toBe(true);
    expect(await page.locator('.pd-log-line').count()).toBeGreaterThan(1);
    await look('pekerjaan-berhasil');
  });

  it('opens the site, which names the desa', async () => {
    const { page } = browser;
    const [opened] = await Promise.all([page.context().waitForEvent('page'), page.getByRole('link', { name: 'Buka situs' }).click()]);
    await opened.waitForLoadState();
    expect(opened.url()).toBe(`http://5201142001.localhost:${pendopo.config.front.port}/`);
    expect(await opened.locator('body').textContent()).toContain('Batulayar');
    await browser.look('situs-desa', opened);
    await opened.close();
  });

  it('sees the first password of its administrator once', async () => {
    const { page } = browser;
    await page.goto(`${site.url}/desa/${KODE}`);
    await page.getByRole('button', { name: 'Kata sandi admin' }).click();
    await page.locator('#sandi-admin').waitFor();
    expect(await page.locator('#sandi-admin').textContent()).toMatch(/^\S{10,}$/);
    await look('kata-sandi-admin');
    await page.getByRole('button', { name: 'Kata sandi admin' }).click();
    await page.getByText('sudah pernah ditampilkan').waitFor();
    expect(await page.locator('#sandi-admin').count()).toBe(0);
  });

  it('reads why an installation failed and what was put back, changes the setting, and tries again', { timeout: 2 * JOB }, async () => {
    const { page } = browser;
    await page.goto(`${site.url}/desa`);
    await page.getByRole('link', { name: 'Tambah desa' }).click();
    // The place of last time is remembered.
    await page.getByRole('checkbox', { name: 'Desa Meninting' }).check();
    await page.getByRole('radio', { name: /^Contoh OpenSID/ }).check();
    // The other sample apps have a setting of that name as well.
    const option = page.locator('.pd-app-option', { has: page.locator('#app-contoh-opensid') });
    await option.getByText('Setelan lanjutan').click();
    await option.getByLabel('Gangguan buatan').selectOption('identitas-gagal');
    await page.getByRole('button', { name: 'Pasang', exact: true }).click();
    await page.waitForURL('**/pekerjaan/*');
    expect((await watchJob(JOB)).word).toBe('Gagal, dikembalikan');

    const cause = await page.locator('.pd-cause').textContent();
    expect(cause).toContain('Apa yang terjadi?');
    expect(cause).toContain('Semua yang sempat dibuat oleh pekerjaan ini sudah dikembalikan seperti semula.');
    expect(cause).toContain('Coba lagi');
    expect(cause).not.toMatch(/undefined|null|Error:|at \//);
    expect(await page.locator('.pd-step', { hasText: /Dikembalikan/ }).count()).toBeGreaterThan(3);
    expect(await page.locator('.pd-step', { hasText: 'Gagal di sini' }).textContent()).toContain('Mengisi identitas desa');
    await expect.poll(() => page.locator('.pd-nav .pd-count').count()).toBe(0);
    expect(await pendopo.leftovers(SECOND)).toEqual([]);
    await look('pekerjaan-gagal');

    // As an operator finds it: four presses from the dashboard.
    await page.goto(`${site.url}/`);
    await page.locator('#keadaan-armada .pd-lines a[href*="sebab="]').first().click();
    await page.getByRole('link', { name: 'Pasang Contoh OpenSID' }).first().click();
    await page.getByText('Ubah setelan').click();
    // A late word of the job's end leaves alone what somebody has opened.
    const answered = page.waitForResponse('**/keadaan');
    await page.locator('#keadaan').dispatchEvent('pendopo:berubah');
    await (await answered).finished();
    await page.getByLabel('Gangguan buatan').selectOption('tidak-ada');
    await page.getByRole('button', { name: 'Simpan dan coba lagi' }).click();
    await page.locator('#keadaan').getByText('Percobaan ke-2').waitFor();
    expect((await watchJob(JOB)).word).toBe('Berhasil');
    await page.getByText('Situs sudah dapat dibuka').waitFor();
  });

  operatorPaths(() => ({ pendopo, page: browser.page, url: site.url, docker, installed: SECOND, free: '52.01.14.2007' }));
  pathWithoutStream(() => ({ pendopo, page: browser.page, url: site.url, installed: SECOND }));

  it('removes an app after typing the kode, and finds it in the archive', { timeout: 2 * JOB }, async () => {
    const { page } = browser;
    await page.goto(`${site.url}/desa/${KODE}`);
    await page.getByRole('link', { name: 'Hapus…' }).click();
    const button = page.getByRole('button', { name: 'Arsipkan lalu hapus' });
    await page.getByLabel('Ketik kode desa').fill(SECOND);
    expect(await button.isDisabled()).toBe(true);
    await look('hapus');
    await page.getByLabel('Ketik kode desa').fill('5201142001');
    await button.click();
    await page.waitForURL('**/pekerjaan/*');
    expect((await watchJob(JOB)).word).toBe('Berhasil');
    await page.getByText('Aplikasi sudah dihapus').waitFor();
    await look('pekerjaan-hapus');

    await page.getByRole('link', { name: 'Arsip', exact: true }).first().click();
    const row = page.getByRole('row', { name: /Desa Batulayar/ });
    expect(await row.textContent()).toContain('Teruji');
    expect(await row.getByRole('button', { name: 'Pulihkan' }).isEnabled()).toBe(true);
    expect(await pendopo.leftovers(KODE)).toEqual([]);
  });

  it('brings a list of desa from a file, skips the line that is wrong, and sees all of them installed', { timeout: 3 * JOB }, async () => {
    const { page } = browser;
    const { tools } = pendopo;
    const before = await tools.jobs.list({ limit: 100 });
    const sheet = await tools.sheets.xlsx([
      ['kode', 'domain'],
      [IMPORTED[0], '-'],
      ['52.01.14.9999', '-'],
      ['52.01.14.2004', 'bukan domain'],
      [IMPORTED[1], ''],
    ]);
    await page.goto(`${site.url}/desa`);
    await page.getByRole('link', { name: 'Impor' }).click();
    const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
    await page.getByLabel('Berkas').setInputFiles({ name: 'desa.xlsx', mimeType: type, buffer: Buffer.from(sheet) });
    await page.getByRole('button', { name: 'Periksa berkas' }).click();
    await page.getByRole('heading', { name: 'Yang bermasalah' }).waitFor();
    const wrong = (await page.getByRole('row').allTextContents()).join('\n');
    expect(wrong).toContain('52.01.14.9999');
    expect(wrong).toContain('bukan domain');
    await look('impor-bermasalah');

    await page.getByLabel('Pasang aplikasi').selectOption({ label: 'Contoh OpenSID' });
    await page.getByRole('button', { name: /^Impor/ }).click();
    await page.getByRole('alert').waitFor();
    expect((await tools.jobs.list({ limit: 100 })).rows.length, 'nothing begins while anything is unclear').toBe(before.rows.length);
    expect(await tools.tenants.find(parseKodeDesa(IMPORTED[0]))).toBeNull();

    await page.getByLabel('Pasang aplikasi').selectOption({ label: 'Contoh OpenSID' });
    await page.getByLabel(/^Lewati/).check();
    await page.getByRole('button', { name: /^Impor/ }).click();
    await page.waitForURL('**/pekerjaan/bersama*');
    await page.getByText('2 dari 2 selesai').waitFor({ timeout: JOB });
    await look('impor-kemajuan');
    for (const kode of IMPORTED) {
      const found = await tools.tenants.find(parseKodeDesa(kode));
      expect(found?.installations, kode).toMatchObject([{ app: APP, state: 'active' }]);
    }
    const { rows } = await tools.audit.list({ action: 'import-desa', limit: 1 });
    expect(rows).toMatchObject([{ actor: 'admin' }]);
  });

  it('backs up several desa at once, told beforehand which, and finds every copy proven', { timeout: 2 * JOB }, async () => {
    const { page } = browser;
    await page.goto(`${site.url}/desa`);
    for (const kode of [KODE, SECOND, IMPORTED[0]]) await page.locator(`input[name="desa"][value="${kode}"]`).check();
    await page.getByLabel('Tindakan').selectOption('backup');
    await page.getByLabel('Aplikasi', { exact: true }).last().selectOption(APP);
    await page.getByRole('button', { name: 'Periksa dahulu' }).click();
    await page.getByRole('heading', { name: /: 2 desa$/ }).waitFor();
    expect(await page.getByRole('row', { name: /Batulayar/ }).textContent(), 'its app was removed').toContain('Dilewati');
    await look('massal-pratinjau');
    await page.getByRole('button', { name: 'Cadangkan 2 desa' }).click();
    await page.waitForURL('**/pekerjaan/bersama*');
    await page.getByText('2 dari 2 selesai').waitFor({ timeout: JOB });
    for (const kode of [SECOND, IMPORTED[0]]) {
      const [backup] = await pendopo.tools.backups.list({ kode: parseKodeDesa(kode), limit: 1 });
      expect(backup?.verifiedAt, kode).toBeInstanceOf(Date);
    }
  });

  it('takes a backup along by a link, sees what a restore of it would change, and restores it', { timeout: 2 * JOB }, async () => {
    const { page } = browser;
    const articles = async () => JSON.parse((await dataOf(pendopo, SECOND, ['artikel'])).artikel ?? '[]').length;
    const before = await articles();
    await work(pendopo, SECOND, 'DELETE FROM artikel');
    await page.goto(`${site.url}/cadangan?desa=${SECOND}`);
    await page.getByRole('table').getByRole('link', { name: 'Lihat' }).first().click();
    await page.getByRole('heading', { name: 'Yang berubah bila dipulihkan' }).waitFor();
    expect((await page.getByRole('row', { name: /^artikel/ }).textContent())?.trim()).toMatch(
      new RegExp(`^artikel0${before}\\+${before}$`),
    );
    await look('cadangan-satu');

    const [file] = await Promise.all([page.waitForEvent('download'), press('Unduh')]);
    expect(file.suggestedFilename()).toMatch(new RegExp(`^${SECOND}-${APP}-.*\\.tar$`));
    const files = await untar(createReadStream(await file.path()));
    expect([...files.keys()]).toEqual(['backup.json', 'database.sql.gz', 'volumes.tar.gz']);
    expect(rowsSaid(files).artikel).toBe(before);
    expect((await pendopo.tools.audit.list({ action: 'download-backup', limit: 1 })).rows).toMatchObject([
      { actor: 'admin', kode: SECOND },
    ]);

    await press('Pulihkan ke cadangan ini');
    await page.waitForURL('**/pekerjaan/*');
    expect((await watchJob(JOB)).word).toBe('Berhasil');
    expect(await articles()).toBe(before);
  });

  it('reads every page on a phone without scrolling sideways, and hears it all', { timeout: JOB }, async () => {
    const { page } = browser;
    const { rows } = await pendopo.tools.jobs.list({ limit: 1 });
    const pages = {
      dasbor: '/',
      'data-desa': '/desa',
      impor: '/desa/impor?kabupaten=52.01',
      'impor-periksa': '/desa/impor?wilayah=52.01.14',
      anggaran: '/anggaran',
      'jejak-audit': '/jejak',
      pengguna: '/pengguna',
      pengaturan: '/pengaturan',
      akun: '/akun',
      'dua-langkah': '/akun/dua-langkah',
      pembaruan: '/pembaruan',
      rilis: '/rilis',
      cadangan: '/cadangan',
      jadwal: '/jadwal',
      'data-desa-tidak-ketemu': '/desa?cari=zzz',
      'tambah-desa-cari': '/desa/tambah?q=meni',
      desa: `/desa/${SECOND}`,
      'desa-tanpa-aplikasi': `/desa/${KODE}`,
      'hapus-kedua': `/desa/${SECOND}/${APP}/hapus`,
      pekerjaan: '/pekerjaan',
      'pekerjaan-satu': `/pekerjaan/${rows[0]?.id}`,
      arsip: '/arsip',
      aplikasi: '/aplikasi',
      'ganti-sandi-lagi': '/ganti-sandi',
    };
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(`${site.url}${path}`);
      await look(name);
      expect(await browser.barriers(), name).toEqual([]);
    }
  });

  it('heard no complaint of its browser, and signs out', async () => {
    const { page, complaints } = browser;
    await page.goto(`${site.url}/desa`);
    await page.locator('.pd-user summary').click();
    await page.getByRole('button', { name: 'Keluar', exact: true }).click();
    await page.waitForURL('**/masuk');
    await page.goto(`${site.url}/desa`);
    expect(page.url()).toContain('/masuk');
    expect(complaints).toEqual([]);
  });
});
