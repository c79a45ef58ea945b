import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pageDoors } from '../../src/api/doors.ts';
import { wordOfAction, wordOfFact } from '../../src/ui/audit-words.ts';
import { FORMS } from '../../src/ui/pages.ts';
import { uiPlugin } from '../../src/ui/ui.ts';
import { layScene } from '../support/api-scene.ts';
import { type ApiWorld, apiWorld, DESA, openBrowser } from '../support/api-world.ts';
import { FORM_CASES } from '../support/audit-forms.ts';

/** Every address of the pages that takes a form, as the server itself knows them. */
const posts = new Set<string>();
let world: ApiWorld;
beforeAll(async () => {
  world = await apiWorld({
    ui: async (scope, tools) => {
      scope.addHook('onRoute', ({ method, url }) => {
        if ([method].flat().includes('POST')) posts.add(url);
      });
      await scope.register(uiPlugin, { ...pageDoors(scope), tools });
    },
  });
});
beforeEach(async () => {
  await world.reset();
  await layScene(world);
});
afterAll(() => world.close());

/** They change nothing of anybody's. */
const UNRECORDED = FORMS.flatMap(([path, , traits]) => (traits?.recorded === false ? [path] : []));
/** Signing in and out: test/api/sign-in.test.ts looks at their lines. */
/** Their facts are settings of an app, under the app's own names. */
const SETTINGS = new Set(['configure-settings', 'save-settings']);
/** Facts that are Indonesian words already. */
const SAID_SO = new Set(['desa', 'domain', 'port', 'server', 'wilayah', 'www']);
const DOOR = ['/masuk', '/masuk/kode', '/keluar', '/ganti-sandi'];

it('there is a case for every form of every page', () => {
  const covered = new Set([...FORM_CASES.map(({ form }) => form), ...UNRECORDED, ...DOOR]);
  expect([...posts].filter((path) => !covered.has(path))).toEqual([]);
  expect([...covered].filter((path) => !posts.has(path))).toEqual([]);
});

describe.each(FORM_CASES)('$form', ({ form, at, fields = {}, prepare, action, kode = DESA, changes = [] }) => {
  it(`is on record as ${action}, from what to what`, async () => {
    const browser = openBrowser(world.app);
    browser.cookies.set('pendopo_access', await world.tokenOf('superadmin'));
    const more = await prepare?.(world);
    const before = world.memory.audit.length;
    const body = new URLSearchParams();
    for (const [name, value] of Object.entries({ ...fields, ...more, _csrf: await browser.csrf() }))
      for (const one of [value].flat()) body.append(name, one);
    const answer = await browser.request('POST', at ?? form, body.toString(), { 'content-type': 'application/x-www-form-urlencoded' });
    expect(answer.statusCode, answer.body.replaceAll(/<[^>]+>|\s+/g, ' ').slice(0, 3_000)).toBeLessThan(400);

    const written = world.memory.audit.slice(before);
    const [line] = written.filter((one) => one.action === action);
    expect(written.map((one) => one.action)).toContain(action);
    expect(wordOfAction(action), 'in words of people').not.toBe(action);
    expect(line?.actor).toBe('superadmin');
    const { rows } = await world.memory.tools.audit.list({ action, limit: 1 });
    expect(rows[0]?.kode, 'whose it is').toBe(kode);
    const facts = Object.keys(line?.detail ?? {});
    for (const name of changes) expect(facts).toEqual(expect.arrayContaining([`${name}-before`, `${name}-after`]));
    if (SETTINGS.has(action)) return;
    for (const name of facts.map((one) => one.replace(/-(before|after)$/, '')))
      if (!SAID_SO.has(name)) expect(wordOfFact(name), 'in words of people').not.toBe(name);
  });
});
