import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock, Ids } from '../domain/ports-world.ts';

export const systemClock: Clock = {
  now: () => new Date(),
  elapsed: () => performance.now(),
  sleep: async (ms, signal) => {
    await delay(ms, undefined, signal === undefined ? {} : { signal });
  },
};

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** ULIDs (github.com/ulid/spec): 10 characters of milliseconds, 16 of chance; within a millisecond they still grow. */
export function createIds(clock: Pick<Clock, 'now'> = systemClock): Ids {
  let lastTime = 0;
  let lastChance = 0n;
  return {
    next() {
      const time = Math.max(clock.now().getTime(), lastTime);
      // 79 of the 80 bits, so that counting up within a millisecond never overflows.
      lastChance = time === lastTime ? lastChance + 1n : BigInt(`0x${randomBytes(10).toString('hex')}`) >> 1n;
      lastTime = time;
      return encode(BigInt(time), 10) + encode(lastChance, 16);
    },
  };
}

function encode(value: bigint, length: number): string {
  let text = '';
  let rest = value;
  for (let i = 0; i < length; i += 1) {
    text = CROCKFORD.charAt(Number(rest % 32n)) + text;
    rest /= 32n;
  }
  return text;
}
