import { connect, createServer } from 'node:net';

/**
 * Whether something at a socket path or `host:port` talks: `say` is written when given, and the first thing heard
 * must contain `hear`. MariaDB greets by itself.
 */
export function answers(address: string | { host: string; port: number }, hear: string, say = '', waitMs = 1_500): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = typeof address === 'string' ? connect(address) : connect(address.port, address.host);
    const end = (result: boolean) => {
      connection.destroy();
      resolve(result);
    };
    connection.once('connect', () => connection.write(say));
    connection.once('data', (data) => end(data.toString('latin1').includes(hear)));
    connection.once('error', () => end(false));
    connection.once('close', () => resolve(false));
    connection.setTimeout(waitMs, () => end(false));
  });
}

/** Whether an HTTP server answers with this status. */
export async function answersHttp(url: string, status: number): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000), redirect: 'manual' });
    await answer.body?.cancel();
    return answer.status === status;
  } catch {
    return false; // "does not answer" is the answer
  }
}

/** Whether we could listen there. */
export function isPortFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
