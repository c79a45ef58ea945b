import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import type { HttpAnswer, HttpProbe } from '../domain/ports-world.ts';

const LONGEST_BODY = 1024 * 1024;

/** Asks an app directly on its socket, as the front would. Whatever keeps an answer from coming whole and in time is "no answer". */
export const httpProbe: HttpProbe = { get: ask, listens };

function listens(socket: string, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const line = connect(socket);
    const end = (isThere: boolean): void => {
      line.destroy();
      resolve(isThere);
    };
    line.setTimeout(timeoutMs, () => end(false));
    line.once('connect', () => end(true));
    line.once('error', () => end(false));
  });
}

function ask(socket: string, { host, path, scheme, timeoutMs }: Parameters<HttpProbe['get']>[1]): Promise<HttpAnswer | null> {
  return new Promise<HttpAnswer | null>((resolve) => {
    const question = request({
      socketPath: socket,
      path,
      method: 'GET',
      agent: false,
      signal: AbortSignal.timeout(timeoutMs),
      headers: { Host: host, 'X-Forwarded-Proto': scheme, 'User-Agent': 'Pendopo', Accept: '*/*', Connection: 'close' },
    });
    question.once('error', () => resolve(null));
    question.once('response', (answer) => {
      readBody(answer).then(
        (body) => resolve({ status: answer.statusCode ?? 0, body }),
        () => resolve(null),
      );
    });
    question.end();
  });
}

async function readBody(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of answer) {
    parts.push(part);
    length += part.length;
    if (length >= LONGEST_BODY) break; // leaving the loop closes the connection
  }
  return Buffer.concat(parts).subarray(0, LONGEST_BODY).toString('utf8');
}
