import { expect, test } from 'vitest';
import { pageDoors } from '../../src/api/doors.ts';
import { uiPlugin } from '../../src/ui/ui.ts';
import { apiWorld } from '../support/api-world.ts';
import { tagsOf } from '../support/html-check.ts';
import { addDesa } from '../support/ui-fleet.ts';
import { uiWorld } from '../support/ui-world.ts';

/** Bytes do not depend on the machine, so they may be a test; times may not. */
const FIRST_PAGE = 300_000;
const DESA = 852;

test('the first page of the largest kabupaten, with everything it loads, is at most 300 kB on the line', async () => {
  const world = uiWorld({ regions: [], manifests: [] });
  for (let n = 0; n < DESA; n += 1) {
    const kode = `11.08.${String(10 + Math.floor(n / 32))}.${2001 + (n % 32)}`;
    addDesa(world, kode, new Map([[kode, `Desa Nomor ${n * 7919}`]]), false);
  }
  const { tools } = world;
  const { app, tokenOf, close } = await apiWorld({
    ui: async (scope) => {
      await scope.register(uiPlugin, { ...pageDoors(scope), tools });
    },
  });
  const headers = { authorization: `Bearer ${await tokenOf('superadmin')}`, 'accept-encoding': 'br, gzip' };
  const page = await app.inject({ url: '/', headers: { ...headers, 'accept-encoding': 'identity' } });
  expect(page.statusCode).toBe(200);
  expect(page.body.match(/class="pd-t pd-t-empty" href/g)).toHaveLength(DESA);
  const assets = tagsOf(page.body).flatMap(({ attributes }) =>
    [attributes.get('src'), attributes.get('href')].filter((address) => address?.startsWith('/aset/')),
  );
  let bytes = 0;
  for (const url of ['/', ...new Set(assets)]) {
    if (url === undefined) continue;
    const answer = await app.inject({ url, headers });
    expect(answer.statusCode, url).toBe(200);
    if (/\/$|\.css$|\.js$/.test(url)) expect(answer.headers['content-encoding'], url).toBe('br');
    bytes += answer.rawPayload.length;
  }
  console.log(`first page with ${DESA} desa: ${Math.round(bytes / 1000)} kB`);
  expect(bytes).toBeLessThanOrEqual(FIRST_PAGE);
  await close();
});
