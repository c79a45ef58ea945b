import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { NotFound } from '../../src/domain/errors.ts';
import type { Toolbox } from '../../src/domain/ports.ts';
import { type KodeDesa, parseKodeDesa, parseKodeWilayah, type Wilayah } from '../../src/domain/wilayah.ts';

const WISHED = parseKodeDesa('52.01.14.2001');
const KECAMATAN = parseKodeWilayah('52.01.14');
const REAL = 'opensid';
const SAMPLE = 'contoh-opensid';
const PATIENCE_MS = 8_000;

/** The desa of the demonstration: the wished one, else the first of kecamatan Batu Layar. */
export async function chooseDesa(tools: Toolbox): Promise<{ readonly kode: KodeDesa; readonly nama: string }> {
  const wished = await tools.wilayah.find(WISHED);
  const found = wished ?? (await firstDesa(tools));
  return { kode: parseKodeDesa(found.kode), nama: found.nama };
}

async function firstDesa(tools: Toolbox): Promise<Wilayah> {
  const [first] = await tools.wilayah.children(KECAMATAN);
  if (first !== undefined) return first;
  throw new NotFound('desa-contoh-tidak-ada', `Daftar wilayah tidak memuat kecamatan ${KECAMATAN}.`);
}

/**
 * OpenSID where its code can be had, else the sample. One that is installed already, or being installed, stays the choice.
 * @param redirected whether the operator named a repository of their own
 */
export async function chooseApp(tools: Toolbox, kode: KodeDesa, redirected: boolean, tell: (text: string) => void): Promise<string> {
  const tenant = await tools.tenants.find(kode);
  const present = [REAL, SAMPLE].find((app) => tenant?.installations.some((one) => one.app === app && one.state !== 'absent'));
  if (present !== undefined) return present;
  const { repo } = tools.apps.entry(REAL);
  if (redirected || (await canReach(repo))) return REAL;
  tell(`Repositori OpenSID (${repo}) tidak terjangkau dari sini, jadi dipasang aplikasi contoh.`);
  tell('OpenSID sungguhan: OPENSID_REPO=/folder/atau/alamat-git npm run demo');
  return SAMPLE;
}

/** Whether git gets an answer from a repository, without asking anybody for a password. */
export async function canReach(repo: string): Promise<boolean> {
  try {
    const env = { ...process.env, GIT_TERMINAL_PROMPT: '0', GIT_SSH_COMMAND: 'ssh -o BatchMode=yes -o ConnectTimeout=6' };
    await promisify(execFile)('git', ['ls-remote', '--', repo, 'HEAD'], { timeout: PATIENCE_MS, killSignal: 'SIGKILL', env });
    return true;
  } catch {
    return false; // "cannot be reached" is the answer
  }
}
