import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { seeded } from '../support/chaos.ts';
import { type CombinedWorld, openCombinedWorld, type TestDesa } from '../support/combined-desa.ts';
import { ACTS, type ActName, dyingTools, type Moment } from '../support/slice-acts.ts';

/**
 * A worker is killed (SIGKILL) inside each of the works on a slice, somewhere between its calls to the world or in the
 * middle of one; then another does the same again. TEST_KILLS=all: at every call and every moment.
 */
const KILLS_AN_ACT = 2;
const MOMENTS: readonly Moment[] = ['before', 'during', 'after'];
const chance = seeded(5);

let world: CombinedWorld;
let two: TestDesa;
let three: TestDesa;
beforeAll(async () => {
  world = await openCombinedWorld(inject('databaseUrl'));
  two = await world.addDesa();
  three = await world.addDesa();
});
afterAll(() => world.close());

const act = (name: ActName) => ACTS[name](world.tools, two.id, world.signal);
const stateOf = async () => (await world.tools.registrations.find(two.id))?.state;

/** What makes the world as it is before the act. */
const PREPARE: Readonly<Record<ActName, () => Promise<unknown>>> = {
  register: () => act('unregister'),
  detach: () => act('register'),
  'attach again': () => act('detach'),
  verify: () => act('register'),
  async repair() {
    await act('register');
    await world.sql('DELETE FROM ??.artikel WHERE config_id = ?', [world.combined, two.configId]);
    await world.sql('UPDATE ??.tweb_penduduk SET nama = ? WHERE config_id = ?', [world.combined, 'rusak', two.configId]);
  },
  unregister: () => act('register'),
};

async function ends(name: ActName): Promise<void> {
  const triggers = await world.sql('SELECT COUNT(*) AS n FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ?', [two.slice.schema]);
  const isFed = name !== 'detach' && name !== 'unregister';
  expect([await stateOf(), Number(triggers[0]?.n) > 0]).toEqual([isFed ? 'registered' : name === 'detach' ? 'detached' : 'none', isFed]);
  if (isFed) expect([await two.wrong(), await two.stale()]).toEqual([[], []]);
  if (name === 'unregister')
    for (const table of ['artikel', 'tweb_penduduk', 'user']) expect([table, await two.count(table)]).toEqual([table, 0]);
  expect([await three.wrong(), await three.stale()]).toEqual([[], []]);
}

/** @returns whether it was killed: with less on its way it may have ended before that call */
async function killAndGoOn(name: ActName, call: number, moment: Moment): Promise<boolean> {
  await PREPARE[name]();
  const victim = world.startProcess(new URL('../support/slice-victim.ts', import.meta.url), [name, two.id, String(call), moment]);
  const [code, signal] = await once(victim, 'exit');
  expect([code, signal], `${name} ${call} ${moment}`).toEqual(signal === 'SIGKILL' ? [null, 'SIGKILL'] : [0, null]);
  // The desa goes on whatever was left half done.
  expect(await two.write("UPDATE @tweb_penduduk SET nama = CONCAT('n', RAND())")).toBeLessThan(2_500);
  await two.write("INSERT INTO @artikel (config_id, isi, id_kategori, id_user, judul) VALUES (1, 'i', 1, 1, 'j')");
  await world.feed(5);
  await act(name);
  await world.feed();
  await ends(name);
  return signal === 'SIGKILL';
}

describe('a worker that is killed inside', () => {
  it.each<ActName>(['register', 'detach', 'attach again', 'verify', 'repair', 'unregister'])(
    '%s leaves nothing that the next one does not end',
    { timeout: 600_000 },
    async (name) => {
      await PREPARE[name]();
      const { tools, calls } = dyingTools(world.tools, { call: 0, moment: 'before' }, () => undefined);
      await ACTS[name](tools, two.id, world.signal);
      await ends(name);
      const all = Array.from({ length: calls() }, (_, at) => MOMENTS.map((moment) => ({ call: at + 1, moment }))).flat();
      const some = Array.from({ length: KILLS_AN_ACT }, () => all[Math.floor(chance() * all.length)]).filter((kill) => kill !== undefined);
      const kills = process.env.TEST_KILLS === 'all' ? all : some;
      let killed = 0;
      for (const { call, moment } of kills) if (await killAndGoOn(name, call, moment)) killed += 1;
      console.info(`${name}: ${calls()} calls, killed ${killed} times`);
      expect(killed).toBeGreaterThan(0);
    },
  );
});
