import { Unavailable } from '../../src/domain/errors.ts';
import type { Secret } from '../../src/domain/secret.ts';
import { answers } from './answers.ts';

// Both give null: nothing of theirs is ours to stop.

/** Checks that the operator's own MariaDB answers; whether we may sign in shows with the first migration. @throws Unavailable */
export async function checkMariadb(url: Secret): Promise<null> {
  const { hostname, port, searchParams } = new URL(url.expose());
  const address = searchParams.get('socketPath') ?? { host: hostname, port: Number(port || 3306) };
  if (await answersSoon(address, 'MariaDB')) return null;
  throw new Unavailable('mariadb-tidak-menjawab', `MariaDB di ${nameOf(address)} (DATABASE_URL) tidak menjawab.`, {
    advice: 'Jalankan server itu, atau kosongkan DATABASE_URL supaya Pendopo menjalankan MariaDB sendiri.',
  });
}

/** Checks that the operator's own Redis answers. @throws Unavailable */
export async function checkRedis(url: Secret): Promise<null> {
  const text = url.expose();
  const socket = text.startsWith('unix://') ? text.slice('unix://'.length) : null;
  const parsed = new URL(text);
  const address = socket ?? { host: parsed.hostname, port: Number(parsed.port || 6379) };
  // One that wants a password first answers -NOAUTH: it is there.
  if ((await answersSoon(address, '+PONG', 'PING\r\n')) || (await answersSoon(address, '-NOAUTH', 'PING\r\n'))) return null;
  throw new Unavailable('redis-tidak-menjawab', `Redis di ${nameOf(address)} (REDIS_URL) tidak menjawab.`, {
    advice: 'Jalankan server itu, atau kosongkan REDIS_URL supaya Pendopo menjalankan Redis sendiri.',
  });
}

type Address = Parameters<typeof answers>[0];

async function answersSoon(address: Address, hear: string, say = ''): Promise<boolean> {
  return answers(address, hear, say, 5_000);
}

function nameOf(address: Address): string {
  return typeof address === 'string' ? address : `${address.host}:${address.port}`;
}
