import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import { TLSSocket } from 'node:tls';

export interface TestCertificate {
  readonly chain: string;
  readonly key: string;
}

interface Making {
  /** Left out: it signs itself. */
  readonly by?: TestCertificate;
  readonly days?: number;
  readonly isAuthority?: boolean;
}

/** A real certificate for these names, by openssl; an EC key keeps it quick. */
export function makeCertificate(hosts: readonly string[], { by, days = 90, isAuthority = false }: Making = {}): TestCertificate {
  const folder = mkdtempSync('/tmp/pdp-cert-');
  const at = (name: string): string => `${folder}/${name}`;
  try {
    const names = hosts.map((host) => `DNS:${host}`).join(',');
    const signed = by === undefined ? [] : ['-CA', at('ca.crt'), '-CAkey', at('ca.key')];
    if (by !== undefined) {
      writeFileSync(at('ca.crt'), by.chain);
      writeFileSync(at('ca.key'), by.key);
    }
    const subject = ['-subj', `/O=Uji ${isAuthority ? 'Penerbit' : 'Coba'}/CN=${hosts[0] ?? 'tanpa nama'}`];
    const extra = [
      ...(hosts.length > 0 ? ['-addext', `subjectAltName=${names}`] : []),
      '-addext',
      `basicConstraints=critical,CA:${isAuthority ? 'TRUE' : 'FALSE'}`,
    ];
    const how = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', at('key'), '-out', at('crt')];
    execFileSync('openssl', ['req', '-x509', ...how, '-days', String(days), ...subject, ...extra, ...signed], { stdio: 'ignore' });
    return { chain: readFileSync(at('crt'), 'utf8'), key: readFileSync(at('key'), 'utf8') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function fingerprintOf(chain: string): string {
  return new X509Certificate(chain).fingerprint256;
}

export interface SecureAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Fingerprint of what the server showed. */
  readonly certificate: string;
}

/** A visitor by https at a port of this machine, who trusts everybody. @param host sent as the name; `asked` when another is asked for behind it; `ca` when only those are trusted */
export function secureGet(
  port: number,
  host: string,
  path: string,
  asked = `${host}:${port}`,
  ca: string | null = null,
): Promise<SecureAnswer> {
  return new Promise((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port,
      path,
      servername: host,
      headers: { Host: asked },
      agent: false,
      ...(ca === null ? { rejectUnauthorized: false } : { ca }),
    };
    const question = request(options, (answer) => {
      const certificate = answer.socket instanceof TLSSocket ? (answer.socket.getPeerX509Certificate()?.fingerprint256 ?? '') : '';
      let body = '';
      answer.setEncoding('utf8').on('data', (part: string) => {
        body += part;
      });
      answer.once('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body, certificate }));
    });
    question.once('error', reject);
    question.end();
  });
}
