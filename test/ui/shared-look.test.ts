import { expect, test } from 'vitest';
import { shareLooks } from '../../src/ui/shared-look.ts';

/** Looks that end when the test says so, each telling what had happened when it began. */
function scene(longestMs = 5_000) {
  const world = { happened: 0, now: 0, looks: 0, ends: [] as ((error?: Error) => void)[] };
  const ask = shareLooks({
    look: () => {
      world.looks += 1;
      const seen = world.happened;
      return new Promise<number>((resolve, reject) => world.ends.push((error) => (error ? reject(error) : resolve(seen))));
    },
    stamp: async () => world.happened,
    longestMs,
    elapsed: () => world.now,
  });
  const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
  return { world, ask, settle };
}

test('many who ask at once share a look; who asks after something happened is never shown less', async () => {
  const { world, ask, settle } = scene();
  const early = Promise.all([ask(), ask(), ask()]);
  await settle();
  world.happened = 1;
  const late = Promise.all([ask(), ask()]);
  await settle();
  expect(world.looks).toBe(1);
  world.ends[0]?.();
  expect(await early).toEqual([0, 0, 0]);
  await settle();
  world.ends[1]?.();
  expect(await late).toEqual([1, 1]);
  expect(await ask(), 'kept while nothing happens').toBe(1);
  expect(world.looks).toBe(2);
});

test('a look grows too old, and one that failed is asked again', async () => {
  const { world, ask, settle } = scene(1_000);
  const first = ask();
  await settle();
  world.ends[0]?.(new Error('putus'));
  await expect(first).rejects.toThrow('putus');
  for (const [index, now] of [
    [1, 0],
    [2, 1_000],
  ] as const) {
    world.now = now;
    const answer = ask();
    await settle();
    world.ends[index]?.();
    await answer;
  }
  expect(world.looks).toBe(3);
});
