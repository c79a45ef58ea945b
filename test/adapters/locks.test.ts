import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createLocks } from '../../src/adapters/locks.ts';
import { openConnection, type SqlConnection } from '../../src/adapters/mariadb-connection.ts';
import type { Locks } from '../../src/domain/ports-jobs.ts';
import { type TestDatabase, testDatabase } from '../support/services.ts';

const signal = new AbortController().signal;

let database: TestDatabase;
let locks: Locks;
let instance: string;
const connections: SqlConnection[] = [];
beforeAll(async () => {
  database = await testDatabase();
  instance = database.prefix.replace('_', '');
  locks = locksOf(instance);
});
afterAll(() => database.close());

function locksOf(owner: string, limitMs = 20_000): Locks {
  const connect = async (): Promise<SqlConnection> => {
    const connection = await openConnection(database.url);
    connections.push(connection);
    return connection;
  };
  return createLocks({ connect, instance: owner, limitMs });
}

/** Holds a lock until told to let go. */
async function hold(name: string, by = locks): Promise<() => Promise<void>> {
  const { promise: until, resolve: letGo } = Promise.withResolvers<void>();
  const { promise: held, resolve: isHeld } = Promise.withResolvers<void>();
  const done = by.withLock(name, signal, async () => {
    isHeld();
    await until;
  });
  await held;
  return async () => {
    letGo();
    await done;
  };
}

describe('a lock', () => {
  it('lets one in at a time, in one process and between instances of the adapter', async () => {
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      await delay(15);
      inside -= 1;
    };
    const other = locksOf(instance);
    await Promise.all(Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? locks : other).withLock('citra', signal, work)));
    expect(most).toBe(1);
  });

  it('does not keep out who asks for another one, nor another Pendopo', async () => {
    const letGo = await hold('satu');
    await locks.withLock('dua', signal, async () => undefined);
    await locksOf(`${instance}x`).withLock('satu', signal, async () => undefined);
    await letGo();
  });

  it('can be asked for without waiting: work is done when it is free, and only then', async () => {
    const letGo = await hold('coba');
    let done = 0;
    const work = async (): Promise<void> => {
      done += 1;
    };
    expect([await locks.tryLock('coba', work), await locks.tryLock('lain', work)]).toEqual([false, true]);
    await letGo();
    await vi.waitFor(async () => expect(await locks.tryLock('coba', work)).toBe(true));
    expect(done).toBe(2);
  });

  it('gives the result, and is free again after a failure', async () => {
    expect(await locks.withLock('hasil', signal, async () => 42)).toBe(42);
    await expect(locks.withLock('hasil', signal, async () => Promise.reject(new Error('gagal')))).rejects.toThrow('gagal');
    expect(await locks.withLock('hasil', signal, async () => 43)).toBe(43);
  });

  it('is free the moment its holder dies', async () => {
    const letGo = await hold('mati');
    const waiting = locks.withLock('mati', signal, async () => performance.now());
    await delay(50);
    const died = performance.now();
    // What a killed worker's kernel does: the connection that holds the lock is cut.
    connections.at(-2)?.destroy();
    expect((await waiting) - died).toBeLessThan(1_500);
    await letGo();
  });

  it('stops waiting when the job is cancelled, with its reason, and is not left behind', async () => {
    const letGo = await hold('batal');
    const abort = new AbortController();
    const waiting = locks.withLock('batal', abort.signal, async () => 'masuk');
    setTimeout(() => abort.abort(new Error('dibatalkan')), 50);
    const begun = performance.now();
    await expect(waiting).rejects.toThrow('dibatalkan');
    expect(performance.now() - begun).toBeLessThan(900);
    await letGo();
    expect(await locks.withLock('batal', signal, async () => 'bebas')).toBe('bebas');
  });

  it('is waited for only so long', async () => {
    const letGo = await hold('lama');
    await expect(locksOf(instance, 10).withLock('lama', signal, async () => undefined)).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'kunci-dipakai',
    });
    await letGo();
  });

  it('may have a name of any length; long ones are still told apart', async () => {
    const long = `rilis/${'x'.repeat(200)}`;
    const letGo = await hold(`${long}a`);
    await locks.withLock(`${long}b`, signal, async () => undefined);
    await expect(locksOf(instance, 10).withLock(`${long}a`, signal, async () => undefined)).rejects.toMatchObject({
      code: 'kunci-dipakai',
    });
    await letGo();
  });
});
