import { connect, createServer, type Socket } from 'node:net';
import { createConnection } from 'mysql2/promise';
import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { connectionOptions } from '../../src/adapters/db/client.ts';
import { requestResume, requestSuspend } from '../../src/workflows/commands/suspend.ts';
import { combinedOf } from './combined.ts';
import { type DockerRelay, join } from './docker-relay.ts';
import type { Instance } from './instance.ts';

const APP = 'contoh-opensid';
const JOB = 120_000;
/** From the dashboard to solved, whatever the fault. */
const MOST_CLICKS = 4;

interface Place {
  readonly pendopo: Instance;
  readonly page: Page;
  readonly url: string;
  /** Has the sample app, active. */
  readonly installed: string;
}

/** Faults that are caused for real, and what an operator presses until each is solved. The page is signed in. */
export function operatorPaths(place: () => Place & { readonly docker: DockerRelay; readonly free: string }): void {
  it('a foreign schema in the way: cause on the dashboard, tried again once it is gone', { timeout: JOB }, async () => {
    const { pendopo, page, url, free } = place();
    const name = `${pendopo.config.instance}_${free.replaceAll('.', '')}_contoh_opensid`;
    await sql(pendopo, `CREATE DATABASE ${name}`);
    const jobId = await pendopo.install(free);
    expect((await pendopo.ended(jobId, JOB)).state).toBe('undone');

    const { press, clicks } = counting();
    await page.goto(url);
    await press(causeOnDashboard(page, 'bukan buatan Pendopo'));
    await sql(pendopo, `DROP DATABASE ${name}`);
    await press(retryOf(page, 'bukan buatan Pendopo'));
    expect((await pendopo.ended(jobId, JOB)).state).toBe('succeeded');
    expect(clicks()).toBeLessThanOrEqual(MOST_CLICKS);
  });

  it('Docker away: the job says since when and until when it waits, and goes on by itself', { timeout: JOB }, async () => {
    const { pendopo, page, url, docker, installed } = place();
    await docker.cut();
    const [asked] = (await requestSuspend(pendopo.tools, pendopo.admin, { kode: installed, app: APP })).jobs;
    const { press, clicks } = counting();
    await page.goto(url);
    await press(page.locator('.pd-lines').getByRole('link', { name: /Tangguhkan Contoh OpenSID/ }));
    await page.getByText(/Menunggu sejak .*Docker tidak menjawab\. Dicoba terus sampai/).waitFor();
    await docker.mend();
    expect((await pendopo.ended(asked?.jobId ?? '', JOB)).state).toBe('succeeded');
    expect(clicks()).toBeLessThanOrEqual(MOST_CLICKS);
  });

  it("the desa's database account locked: cause on the dashboard, tried again once it is open", { timeout: JOB }, async () => {
    const { pendopo, page, url, installed } = place();
    const user = `${pendopo.config.instance}_${installed.replaceAll('.', '')}_contoh_opensid`;
    const [account] = await sql(pendopo, `SELECT CONCAT(QUOTE(User), '@', QUOTE(Host)) FROM mysql.user WHERE User = '${user}'`);
    await sql(pendopo, `ALTER USER ${account} ACCOUNT LOCK`);
    const [asked] = (await requestResume(pendopo.tools, pendopo.admin, { kode: installed, app: APP })).jobs;
    const failed = await pendopo.ended(asked?.jobId ?? '', JOB);
    expect(failed.state).toBe('undone');

    const { press, clicks } = counting();
    await page.goto(url);
    await press(causeOnDashboard(page, failed.cause?.message ?? ''));
    await sql(pendopo, `ALTER USER ${account} ACCOUNT UNLOCK`);
    await press(retryOf(page, failed.cause?.message ?? ''));
    expect((await pendopo.ended(failed.id, JOB)).state).toBe('succeeded');
    expect(clicks()).toBeLessThanOrEqual(MOST_CLICKS);
  });

  it('a slice of the combined database that lost rows: repaired by one press', { timeout: JOB }, async () => {
    const { pendopo, page, url, installed } = place();
    await expect.poll(async () => (await combinedOf(pendopo, installed)).state, { timeout: 30_000 }).toBe('registered');
    const { configId } = await combinedOf(pendopo, installed);
    const { combined } = pendopo.tools.apps.entry(APP);
    const schema = combined === null ? '' : pendopo.tools.combined.schemaOf(combined);
    await sql(pendopo, `DELETE FROM ${schema}.tweb_penduduk WHERE config_id = ${configId}`);
    expect((await combinedOf(pendopo, installed)).wrong).toContain('tweb_penduduk');

    const { press, clicks } = counting();
    await page.goto(url);
    await press(page.locator('#keadaan-armada').getByRole('link', { name: 'Database Gabungan' }));
    await press(page.getByRole('row', { name: new RegExp(installed) }).getByRole('button', { name: 'Perbaiki' }));
    await expect.poll(async () => (await combinedOf(pendopo, installed)).wrong, { timeout: 30_000 }).toEqual([]);
    expect(clicks()).toBeLessThanOrEqual(MOST_CLICKS);
  });
}

/** The stream is cut while pages still answer: the page says so, asks by itself, and comes back. */
export function pathWithoutStream(place: () => Place): void {
  it('a page whose stream is cut says so, follows by asking, and comes back', { timeout: JOB }, async () => {
    const { pendopo, page, url, installed } = place();
    const note = page.locator('[data-armada]');
    const line = await openLine(Number(new URL(url).port));
    await page.goto(line.url);
    await expect.poll(() => note.textContent()).toContain('Langsung');
    await page.route('**/armada/aliran', (route) => route.abort());
    line.break();
    await expect.poll(() => note.textContent()).toContain('Sambungan langsung terputus; diperbarui setiap 10 detik');

    const [asked] = (await requestSuspend(pendopo.tools, pendopo.admin, { kode: installed, app: APP })).jobs;
    await pendopo.ended(asked?.jobId ?? '', JOB);
    await page.locator(`a[href="/desa/${installed}"][aria-label*="Ditangguhkan"]`).waitFor();
    expect(await note.textContent()).toContain('terputus');
    await page.unroute('**/armada/aliran');
    await expect.poll(() => note.textContent(), { timeout: 20_000 }).toContain('Langsung');
    const [resumed] = (await requestResume(pendopo.tools, pendopo.admin, { kode: installed, app: APP })).jobs;
    expect((await pendopo.ended(resumed?.jobId ?? '', JOB)).state).toBe('succeeded');
    line.close();
  });
}

/** A way to a port on this machine whose connections can be broken; new ones get through. */
async function openLine(port: number): Promise<{ readonly url: string; break(): void; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const there = connect(port, '127.0.0.1');
    join(sockets, client, there);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the line has no port');
  const breakAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${address.port}/`,
    break: breakAll,
    close() {
      server.close();
      breakAll();
    },
  };
}

function counting(): { press(target: Locator): Promise<void>; clicks(): number } {
  let clicks = 0;
  return {
    async press(target) {
      clicks += 1;
      await target.click();
    },
    clicks: () => clicks,
  };
}

function causeOnDashboard(page: Page, message: string): Locator {
  return page.locator('#keadaan-armada .pd-lines').getByRole('link').filter({ hasText: message });
}

/** Beside the cause, on the page of jobs. */
function retryOf(page: Page, message: string): Locator {
  return page
    .locator('.pd-causes li')
    .filter({ hasText: message })
    .getByRole('button', { name: /^Coba lagi/ });
}

/** As the administrator of the database server. @returns the first column */
async function sql({ config }: Instance, statement: string): Promise<readonly string[]> {
  const connection = await createConnection(connectionOptions(config.databaseUrl));
  try {
    const [rows] = await connection.query({ sql: statement, rowsAsArray: true });
    return Array.isArray(rows) ? rows.map((row) => String(Array.isArray(row) ? row[0] : '')) : [];
  } finally {
    await connection.end();
  }
}
