import { request } from 'node:http';
import type { Config } from '../../src/config.ts';

export interface Visited {
  readonly status: number;
  readonly body: string;
  readonly location: string;
  readonly cookies: string;
}

export interface VisitOptions {
  readonly cookies?: string;
  /** Given: a form is posted. */
  readonly fields?: URLSearchParams;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A visitor at the front, as a browser without redirects. */
export function visit(
  { front }: Config,
  host: string,
  path: string,
  { cookies, fields, headers: more = {} }: VisitOptions = {},
): Promise<Visited> {
  const body = fields?.toString();
  const headers: Record<string, string> = {
    host: `${host}:${front.port}`,
    'user-agent': 'pendopo-test',
    referer: `http://${host}:${front.port}/`,
    ...more,
  };
  if (cookies !== undefined) headers.cookie = cookies;
  if (body !== undefined) headers['content-type'] = 'application/x-www-form-urlencoded';
  return new Promise((resolve, reject) => {
    const message = request(
      { host: '127.0.0.1', port: front.port, path, method: body === undefined ? 'GET' : 'POST', headers, timeout: 30_000 },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            body: Buffer.concat(chunks).toString('utf8'),
            location: answer.headers.location ?? '',
            cookies: (answer.headers['set-cookie'] ?? []).map((line) => line.split(';')[0]).join('; '),
          }),
        );
        answer.on('error', reject);
      },
    );
    message.on('error', reject);
    message.end(body);
  });
}
