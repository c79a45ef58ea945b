import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Docker as a test can take it away: a unix socket of its own that passes everything on to the real engine. */
export interface DockerRelay {
  /** For DOCKER_HOST. */
  readonly host: string;
  /** As when the engine ends: connections break and the socket is gone. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  close(): Promise<void>;
}

const ENGINE = '/var/run/docker.sock';

export async function openDockerRelay(): Promise<DockerRelay> {
  const folder = await mkdtemp('/tmp/pdr-');
  const path = `${folder}/docker.sock`;
  const sockets = new Set<Socket>();
  let server: Server | null = null;

  const mend = async (): Promise<void> => {
    // A command's input ends before its output, so either direction may end alone.
    const next = createServer({ allowHalfOpen: true }, (client) => {
      const engine = connect({ path: ENGINE, allowHalfOpen: true });
      join(sockets, client, engine);
    });
    await new Promise<void>((resolve, reject) => {
      next.once('error', reject);
      next.listen(path, resolve);
    });
    server = next;
  };
  const cut = async (): Promise<void> => {
    const ending = server;
    server = null;
    if (ending === null) return;
    const closed = new Promise((resolve) => ending.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
    await rm(path, { force: true });
  };

  await mend();
  return {
    host: `unix://${path}`,
    cut,
    mend,
    async close() {
      await cut();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What comes to one goes to the other, and both end together. @param sockets those that are open, to be cut by whoever has them */
export function join(sockets: Set<Socket>, ...[first, second]: readonly [Socket, Socket]): void {
  for (const [one, other] of [
    [first, second],
    [second, first],
  ] as const) {
    sockets.add(one);
    one.pipe(other);
    one.on('error', () => other.destroy());
    one.on('close', () => {
      sockets.delete(one);
      other.destroy();
    });
  }
}
