import { mkdirSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import S3rver from '@20minutes/s3rver';

export interface S3Server {
  /** A bucket that is there, as `parsePlace` takes it, without `s3:`. */
  readonly address: string;
  /** Hears of every request before it is answered, until it is set again. */
  watch(hear: (request: IncomingMessage) => void): void;
  close(): void;
}

/** The one account that it knows; another one's requests are refused. */
export const ACCOUNT = 'S3RVER';

/**
 * An object store that speaks S3, its objects as files below a folder. Signatures are not compared: of a path that ends in
 * `/`, as restic's client asks for a bucket, it makes up another one than the client (true of 5.0.0).
 */
export async function startS3(directory: string): Promise<S3Server> {
  mkdirSync(directory, { recursive: true });
  const buckets = [{ name: 'gudang' }];
  const store = new S3rver({ directory, silent: true, allowMismatchedSignatures: true, configureBuckets: buckets });
  await store.configureBuckets();
  const answer = store.callback();
  let hear: (request: IncomingMessage) => void = () => undefined;
  const server = createServer((request, response) => {
    hear(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const at = server.address();
  if (at === null || typeof at === 'string') throw new Error('no port');
  return {
    address: `http://127.0.0.1:${at.port}/gudang/pendopo`,
    watch: (listener) => {
      hear = listener;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
