import { Secret as Key, TOTP } from 'otpauth';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '../../src/domain/access.ts';
import { hasBrowser, openBrowser, type TestBrowser } from '../support/browser.ts';
import { type JourneySite, openJourneySite, PASSWORD } from '../support/journey-site.ts';
import { tellJob } from '../support/ui-jobs.ts';
import { DESA, NEIGHBOUR, smallWorld } from '../support/ui-site.ts';

const CAUSE = { code: 'disk-penuh', step: 'load-data', message: 'Ruang disk habis.', advice: 'Kosongkan disk, lalu tekan Coba lagi.' };
const PHONE = { width: 390, height: 844 };
const DESK = { width: 1366, height: 768 };

describe.skipIf(!hasBrowser)('a day of', () => {
  let site: JourneySite;
  let browser: TestBrowser;
  let page: Page;
  let failed: string;
  beforeAll(async () => {
    const world = smallWorld();
    tellJob(world, { kode: DESA, state: 'succeeded' });
    failed = tellJob(world, { kode: DESA, app: 'pbb', state: 'undone', cause: CAUSE }).id;
    tellJob(world, { kode: NEIGHBOUR, state: 'undone', cause: CAUSE });
    [site, browser] = await Promise.all([openJourneySite(world), openBrowser()]);
    page = browser.page;
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  async function enter(role: Role): Promise<void> {
    await page.context().clearCookies();
    await page.goto(`${site.url}/`);
    await page.locator('#nama:focus').waitFor();
    await page.keyboard.type(role);
    await page.keyboard.press('Tab');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
  }
  const signIn = async (role: Role): Promise<void> => {
    await enter(role);
    await page.waitForURL(`${site.url}/`);
  };
  /** Presses Tab until what has the focus is called so, as somebody without a pointer does. */
  async function tabTo(name: RegExp, most = 60): Promise<void> {
    for (let n = 0; n < most; n += 1) {
      await page.keyboard.press('Tab');
      const focused = await page.evaluate<string>(
        '(document.activeElement?.labels?.[0] ?? document.activeElement)?.textContent?.trim().replace(/\\s+/g, " ") ?? ""',
      );
      if (name.test(focused)) return;
    }
    throw new Error(`no ${name} within ${most} tabs`);
  }
  async function look(name: string): Promise<void> {
    expect(await browser.look(name), `${name} is wider than its window`).toEqual([]);
  }

  it('a superadmin: sets up the second step, signs in with it, signs another device out, and finds it all in the audit', async () => {
    await signIn('superadmin');
    await page.goto(`${site.url}/akun`);
    await look('akun');
    await page.getByRole('link', { name: 'Aktifkan' }).click();
    await look('dua-langkah-mulai');
    await page.getByLabel('Kata sandi Anda').fill('bukan ini');
    await page.getByRole('button', { name: 'Mulai' }).click();
    await page.getByText('Kata sandi saat ini salah.').waitFor();
    expect(await page.locator('#kunci').count()).toBe(0);
    await page.getByLabel('Kata sandi Anda').fill(PASSWORD);
    await page.getByRole('button', { name: 'Mulai' }).click();
    await page.getByRole('img', { name: /^Kode QR/ }).waitFor();
    await look('dua-langkah-kode-qr');
    expect(await browser.barriers()).toEqual([]);
    const totp = new TOTP({ secret: Key.fromBase32(((await page.locator('#kunci').textContent()) ?? '').replaceAll(' ', '')) });
    await page.getByLabel('Kode enam angka').fill('000000');
    await page.getByRole('button', { name: 'Pastikan' }).click();
    await page.getByText('Kode ini salah').waitFor();
    expect(await page.locator('#kunci').count(), 'shown once').toBe(0);
    await look('dua-langkah-lanjut');
    await page.getByLabel('Kode enam angka').fill(totp.generate());
    await page.getByRole('button', { name: 'Pastikan' }).click();
    await page.locator('#kode-cadangan li').first().waitFor();
    const recovery = await page.locator('#kode-cadangan code').allTextContents();
    expect(recovery).toHaveLength(10);
    await look('kode-cadangan');

    await enter('superadmin');
    await page.waitForURL('**/masuk/kode');
    await look('masuk-kode');
    expect(await browser.barriers()).toEqual([]);
    await page.keyboard.type(recovery[0] ?? '');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${site.url}/`);

    const lost = { id: 'HILANG', userId: 'U-SUPERADMIN', tokenHash: 'hilang', expiresAt: new Date(Date.now() + 1e7) };
    const device = 'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/150.0.0.0 Mobile Safari/537.36';
    await site.world.tools.sessions.open({ ...lost, address: '10.20.30.40', device });
    await page.goto(`${site.url}/akun`);
    await page.getByRole('listitem').filter({ hasText: 'Chrome di Android' }).getByRole('button', { name: 'Keluarkan' }).click();
    await page.getByRole('dialog').getByText('Keluarkan Chrome di Android (10.20.30.40)?').waitFor();
    await page.getByRole('button', { name: 'Ya, keluarkan' }).click();
    await page.getByText('Sudah dikeluarkan').waitFor();
    expect(await site.world.tools.sessions.find('HILANG')).toBeNull();

    for (const path of ['/pengguna', '/pengguna/U-OPERATOR', '/pengaturan', '/anggaran', '/jejak']) {
      await page.goto(`${site.url}${path}`);
      await look(path.slice(1).replaceAll('/', '-'));
      expect(await browser.barriers(), path).toEqual([]);
    }
    await page.getByLabel('Cari pengguna, sasaran, atau isi').fill('10.20.30.40');
    await page.getByRole('button', { name: 'Saring' }).click();
    await page.getByRole('cell', { name: 'Mengeluarkan satu perangkat' }).waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'XLSX' }).click()]);
    expect(download.suggestedFilename()).toMatch(/^jejak-audit-.*\.xlsx$/);
    expect(site.world.memory.audit.at(-1)).toMatchObject({ actor: 'superadmin', action: 'export-audit' });
  }, 60_000);

  it('a superadmin sees every page in the dark without a barrier, and reaches the whole menu on a low screen', async () => {
    await page.setViewportSize(DESK);
    await page.goto(`${site.url}/`);
    await page.locator('.pd-user summary').click();
    await page.getByRole('button', { name: 'Gelap' }).click();
    const links = await page.locator('.pd-nav a').all();
    const paths = await Promise.all(links.map((link) => link.getAttribute('href')));
    expect(paths.length).toBeGreaterThan(15);
    for (const link of links) {
      await link.scrollIntoViewIfNeeded();
      const box = await link.boundingBox();
      expect(box !== null && box.y >= 0 && box.y + box.height <= DESK.height, (await link.textContent()) ?? '').toBe(true);
    }
    expect((await page.locator('.pd-user summary').boundingBox())?.y).toBeLessThan(DESK.height - 20);
    const more = [
      '/akun',
      '/akun/dua-langkah',
      '/pengguna/U-OPERATOR',
      `/desa/${DESA}`,
      `/pekerjaan/${failed}`,
      '/desa/tambah',
      '/desa/impor',
    ];
    for (const path of [...paths, ...more]) {
      await page.goto(`${site.url}${path}`);
      expect(await browser.barriers(), `${path} in the dark`).toEqual([]);
    }
    for (const path of ['/pengguna', '/jejak', '/pengaturan', '/anggaran']) {
      await page.goto(`${site.url}${path}`);
      await look(`gelap-${path.slice(1)}`);
    }
    // The budget on paper: white, the sums, and nothing that is pressed.
    await page.emulateMedia({ media: 'print' });
    await page.evaluate('window.dispatchEvent(new Event("beforeprint"))');
    expect(await page.evaluate('document.documentElement.dataset.bsTheme')).toBe('light');
    await page.getByText('Tahun pertama', { exact: true }).waitFor();
    for (const part of ['.pd-side', '.pd-bar', 'form[action="/anggaran"]', '[data-cetak]'])
      expect(await page.locator(part).isVisible(), part).toBe(false);
    expect(await browser.barriers(), 'on paper').toEqual([]);
    await page.evaluate('window.dispatchEvent(new Event("afterprint"))');
    expect(await page.evaluate('document.documentElement.dataset.bsTheme')).toBe('dark');
    await page.emulateMedia({ media: 'screen' });
  }, 90_000);

  it('an admin kabupaten: from signing in to Pasang desa by keyboard alone', async () => {
    await signIn('kabupaten');
    await tabTo(/^Data Desa/);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/desa');
    await tabTo(/^Tambah desa/);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/desa/tambah*');
    await page.goto(`${site.url}/desa/tambah?kecamatan=52.01.14`);
    await tabTo(/Senggigi/);
    await page.keyboard.press('Space');
    await tabTo(/^OpenSID/);
    await page.keyboard.press('Space');
    await tabTo(/^Pasang$/);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/pekerjaan/*');
    expect([...site.world.memory.jobs.values()].at(-1)).toMatchObject({
      workflow: 'install',
      kode: '52.01.14.2002',
      requestedBy: 'kabupaten',
    });
  }, 60_000);

  it('an operator: from the failed job to trying again, on a phone', async () => {
    await page.setViewportSize(PHONE);
    await signIn('operator');
    await look('operator-dasbor');
    await page.setViewportSize(PHONE);
    await page
      .getByRole('navigation', { name: 'Menu cepat' })
      .getByRole('link', { name: /Pekerjaan/ })
      .click();
    await page.goto(`${site.url}/pekerjaan/${failed}`);
    expect(await page.locator('.pd-cause').textContent()).toContain('Ruang disk habis.');
    await look('operator-pekerjaan');
    await page.setViewportSize(PHONE);
    await page.getByRole('button', { name: 'Coba lagi' }).first().click();
    await page.getByText('Pekerjaan dicoba lagi.').waitFor();
    expect(site.world.memory.jobs.get(failed)?.state).toBe('queued');
    for (const name of ['Pengguna & peran', 'Jejak audit', 'Pengaturan', 'Sertifikat'])
      expect(await page.getByRole('link', { name, exact: true }).count(), name).toBe(0);
  }, 60_000);

  it('a kecamatan: sees its own desa only, on a phone', async () => {
    await page.setViewportSize(PHONE);
    await signIn('kecamatan');
    await page.goto(`${site.url}/desa`);
    await page.getByText('Meninting').first().waitFor();
    expect(await page.getByText('Beleka').count()).toBe(0);
    await look('kecamatan-data-desa');
    await page.setViewportSize(PHONE);
    const answer = await page.goto(`${site.url}/desa/${NEIGHBOUR}`);
    expect(answer?.status()).toBe(404);
    await page.goto(`${site.url}/desa/${DESA}`);
    expect(await page.getByRole('button', { name: /Pasang|Perbarui|Mundur|Tangguhkan/ }).count()).toBe(0);
    expect(await browser.barriers()).toEqual([]);
  }, 60_000);

  it('a reader: sees everything of the kabupaten and no button that changes it', async () => {
    await page.setViewportSize(DESK);
    await signIn('pembaca');
    const paths = [
      '/',
      '/desa',
      `/desa/${DESA}`,
      '/pekerjaan',
      `/pekerjaan/${failed}`,
      '/pembaruan',
      '/rilis',
      '/cadangan',
      '/jadwal',
      '/arsip',
      '/aplikasi',
      '/anggaran',
      '/gabungan',
    ];
    for (const path of paths) {
      await page.goto(`${site.url}${path}`);
      const forms = await page.evaluate<string[]>(
        '[...document.querySelectorAll(`main form[method="post"]`)].map((form) => form.getAttribute("action"))',
      );
      // Which columns one likes to see is nobody else's.
      expect(
        forms.filter((action) => action !== '/desa/kolom'),
        path,
      ).toEqual([]);
    }
    await look('pembaca-database-gabungan');
  }, 60_000);

  it('is led to the second step where the role must have it, and nowhere else', async () => {
    site.world.memory.policies.set('faktor-kedua', 'pembaca');
    await page.goto(`${site.url}/desa`);
    expect(page.url()).toBe(`${site.url}/akun/dua-langkah`);
    await page.getByText('Peran Anda wajib memakainya').waitFor();
    await look('dua-langkah-wajib');
    expect(browser.complaints.filter((one) => !one.startsWith('4'))).toEqual([]);
  }, 60_000);
});
