import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { makeCertificate } from './certificates.ts';
import { freePort } from './instance.ts';

/** A real ACME authority on this machine: Let's Encrypt's pebble, with a DNS of its own. It proves names at 127.x.x.x. */
export interface Pebble {
  readonly directory: string;
  /** PEM: the root of what it issues, and that of its own address. */
  readonly roots: string;
  /** `127.0.0.1:port`: who asks there finds the names that were told. */
  readonly dns: string;
  /** Tells the DNS where a name leads; null: nowhere. */
  name(host: string, address: string | null): Promise<void>;
  /** What it has said so far. */
  said(): string;
  close(): Promise<void>;
}

/** @param httpPort where it looks for proofs, in place of 80 */
export async function startPebble(httpPort: number): Promise<Pebble> {
  const folder = mkdtempSync('/tmp/pdp-pebble-');
  const [port, management, dnsPort, dnsControl] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const own = makeCertificate(['localhost']);
  writeFileSync(`${folder}/own.crt`, own.chain);
  writeFileSync(`${folder}/own.key`, own.key);
  const pebble = {
    ...{ listenAddress: `127.0.0.1:${port}`, managementListenAddress: `127.0.0.1:${management}` },
    ...{ certificate: `${folder}/own.crt`, privateKey: `${folder}/own.key` },
    ...{ httpPort, tlsPort: httpPort, ocspResponderURL: '', externalAccountBindingRequired: false },
  };
  writeFileSync(`${folder}/pebble.json`, JSON.stringify({ pebble }));
  const none = ['-http01', '', '-https01', '', '-tlsalpn01', ''];
  const names = start('pebble-challtestsrv', [
    ...['-dns01', `127.0.0.1:${dnsPort}`, '-management', `127.0.0.1:${dnsControl}`],
    ...['-defaultIPv4', '', '-defaultIPv6', '', ...none],
  ]);
  // Strict about the protocol: no waiting for show, and no proofs from before.
  const env = { PEBBLE_VA_NOSLEEP: '1', PEBBLE_AUTHZREUSE: '0' };
  const authority = start('pebble', ['-strict', '-config', `${folder}/pebble.json`, '-dnsserver', `127.0.0.1:${dnsPort}`], env);
  let said = '';
  for (const stream of [authority.stdout, authority.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  const root = await untilAnswers(`https://localhost:${management}/roots/0`, own.chain, () => said);
  const tell = async (what: string, body: object): Promise<void> => {
    const answer = await fetch(`http://127.0.0.1:${dnsControl}/${what}`, { method: 'POST', body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`challtestsrv answers ${answer.status}`);
  };
  return {
    directory: `https://localhost:${port}/dir`,
    roots: `${root}\n${own.chain}`,
    dns: `127.0.0.1:${dnsPort}`,
    said: () => said,
    async name(host, address) {
      await tell('clear-a', { host: `${host}.` });
      if (address !== null) await tell('add-a', { host: `${host}.`, addresses: [address] });
    },
    async close() {
      for (const child of [authority, names]) await end(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function start(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  return spawn('setpriv', ['--pdeathsig', 'SIGTERM', '--', program, ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await gone;
}

async function untilAnswers(url: string, ca: string, said: () => string): Promise<string> {
  for (const limit = Date.now() + 20_000; Date.now() < limit; await delay(50)) {
    const answer = await ask(url, ca).catch(() => null); // not there yet
    if (answer !== null) return answer;
  }
  throw new Error(`pebble does not answer: ${said()}`);
}

function ask(url: string, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { ca, agent: false }, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (part: string) => {
        body += part;
      });
      answer.once('end', () => resolve(body));
    }).once('error', reject);
  });
}
