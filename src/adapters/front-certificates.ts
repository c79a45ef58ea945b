import { chmod, chown, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { ServedHost } from '../domain/certificate.ts';
import { Broken, explain } from '../domain/errors.ts';
import type { Secret } from '../domain/secret.ts';
import { writeWhole } from './written-file.ts';

/*
 * Certificates as files in `front/tls/`: `<id>.crt` and `<id>.key`. Workers write them, the front reads them. A
 * certificate's files never change: another one has another id.
 */

const folderOf = (front: string): string => join(front, 'tls');

/** Keeps them for the front; a certificate that is there stays as it is. */
export async function keepCertificate(front: string, id: string, chain: string, key: () => Promise<Secret>): Promise<void> {
  const folder = folderOf(front);
  await mkdir(folder, { recursive: true, mode: 0o711 });
  const names = new Set(await readdir(folder));
  // The key last: with it, both are whole.
  if (names.has(`${id}.key`) && names.has(`${id}.crt`)) return;
  await writeWhole(join(folder, `${id}.crt`), async (into) => void into.end(chain));
  const secret = await key();
  await writeWhole(join(folder, `${id}.key`), async (into) => void into.end(secret.expose()));
}

/** Takes away those that no host answers with any more. */
export async function dropOtherCertificates(front: string, ids: ReadonlySet<string>): Promise<void> {
  const names = await readdir(folderOf(front)).catch(() => []);
  for (const name of names) if (!ids.has(name.replace(/\.(crt|key)$/, ''))) await rm(join(folderOf(front), name), { force: true });
}

/** nginx's own test opens no certificate that a variable names: this does. @throws Broken when they cannot be served */
async function openCertificate(front: string, id: string): Promise<SecureContext> {
  const file = join(folderOf(front), id);
  try {
    return createSecureContext({ cert: await readFile(`${file}.crt`), key: await readFile(`${file}.key`), minVersion: 'TLSv1.2' });
  } catch (error) {
    throw new Broken('sertifikat-rusak', `Berkas sertifikat ${id} tidak dapat dipakai.`, { cause: error });
  }
}

/**
 * The hosts whose certificate can be served. One that cannot leaves its hosts without https, and all others as they are.
 * @param each is called for every certificate that was opened
 */
export async function usableHosts(
  front: string,
  hosts: readonly ServedHost[],
  tell: (line: string) => void,
  each: (id: string, context: SecureContext) => Promise<void> | void,
): Promise<readonly ServedHost[]> {
  const bad = new Set<string>();
  for (const id of new Set(hosts.map(({ certificateId }) => certificateId))) {
    try {
      await each(id, await openCertificate(front, id));
    } catch (error) {
      bad.add(id);
      tell(explain(error));
    }
  }
  return hosts.filter(({ certificateId }) => !bad.has(certificateId));
}

/** For nginx's workers, who are not root and open them themselves; nobody else reads them. */
export async function giveCertificate(front: string, id: string, owner: { readonly uid: number; readonly gid: number }): Promise<void> {
  for (const kind of ['crt', 'key']) {
    const file = join(folderOf(front), `${id}.${kind}`);
    await chown(file, owner.uid, owner.gid);
    await chmod(file, 0o400);
  }
}
