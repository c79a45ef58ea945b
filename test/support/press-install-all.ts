import { expect } from 'vitest';
import { openBrowser } from './browser.ts';
import type { Instance } from './instance.ts';

const PASSWORD = 'menanam padi di pagi hari';

/**
 * Somebody at a browser finds a desa by its kode, ticks all sample apps, presses **Pasang** once, waits until its page shows them at
 * work, and opens each: nothing that those pages are made of may fail to load.
 */
export async function pressInstallAll(pendopo: Instance, kode: string, withinMs: number): Promise<void> {
  const [site, browser] = await Promise.all([pendopo.web(), openBrowser()]);
  try {
    const { page } = browser;
    await page.goto(`${site.url}/masuk`);
    await page.getByLabel('Nama pengguna').fill(site.username);
    await page.getByLabel('Kata sandi').fill(site.password);
    await page.getByRole('button', { name: 'Masuk' }).click();
    await page.waitForURL('**/ganti-sandi');
    await page.getByLabel('Kata sandi saat ini').fill(site.password);
    await page.getByLabel('Kata sandi baru', { exact: true }).fill(PASSWORD);
    await page.getByLabel('Ulangi kata sandi baru').fill(PASSWORD);
    await page.getByRole('button', { name: 'Simpan kata sandi' }).click();
    await page.waitForURL(({ pathname }) => pathname === '/');

    await page.goto(`${site.url}/desa/tambah?q=${kode}`);
    await page.locator('.pd-results').getByRole('link', { name: kode }).click();
    expect(await page.locator(`input[name="desa"][value="${kode}"]`).isChecked()).toBe(true);
    await page.getByRole('radio', { name: /^Semua aplikasi contoh/ }).check();
    await page.getByRole('button', { name: 'Pasang', exact: true }).click();
    await page.waitForURL(`**/desa/${kode}?*`);
    expect(await browser.look('pasang-semua')).toEqual([]);

    // The page says so by itself; what somebody may be typing on it stays until they press.
    await page.getByText('Pekerjaan sudah selesai.').click({ timeout: withinMs });
    await page.waitForURL(`**/desa/${kode}`);
    expect(await browser.look('tiga-aplikasi')).toEqual([]);
    const origin = `http://${kode.replaceAll('.', '')}.localhost:${pendopo.config.front.port}`;
    const sites = page.locator('a[data-situs]');
    expect(await Promise.all((await sites.all()).map((link) => link.getAttribute('href')))).toEqual(
      // Buka situs, and then each app's own.
      ['/', '/api', '/', '/pbb'].map((path) => origin + path),
    );

    await page.goto(`${origin}/siteman`);
    await page.locator('input[name="username"]').waitFor();
    await page.goto(`${origin}/pbb`);
    expect(page.url()).toBe(`${origin}/pbb/login`);
    await page.locator('input[name="username"]').waitFor();
    expect(await page.evaluate<number>("[...document.styleSheets].filter(({ href }) => href?.includes('/pbb/css/')).length")).toBe(1);
    expect(await browser.look('pbb-masuk')).toEqual([]);
    await page.goto(`${origin}/api`);
    expect(JSON.parse((await page.locator('pre').textContent()) ?? '')).toEqual({ version: 'v1.0.0' });
    expect(browser.complaints).toEqual([]);
  } finally {
    await browser.close();
  }
}
