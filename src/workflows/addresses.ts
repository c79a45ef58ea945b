import { type AddressFacts, type DesaAddresses, hostOf } from '../domain/address.ts';
import { Conflict, Invalid } from '../domain/errors.ts';
import type { AppManifest } from '../domain/manifest.ts';
import type { Toolbox } from '../domain/ports.ts';
import type { RouteSecurity, TenantRow } from '../domain/ports-records.ts';
import { type Installation, parseDomain } from '../domain/tenant.ts';
import type { KodeTenant } from '../domain/wilayah.ts';

/** What somebody wants of a desa's addresses; what is left out stays as it is. */
export interface AddressWish {
  /** As typed; `-`, empty and null: none. */
  readonly domain?: string | null;
  readonly port?: number | null;
  readonly www?: boolean;
  /** App → host; null takes it away. */
  readonly own?: Readonly<Record<string, string | null>>;
  /** Hosts of before that need not lead on any more. */
  readonly forget?: readonly string[];
  readonly security?: RouteSecurity;
}

/** Ports below belong to the system, and those above are what it gives to outgoing connections. */
const LOWEST_PORT = 1_024;
const HIGHEST_PORT = 32_767;

/** The addresses as they will be. @throws Invalid for what no desa may have or what contradicts itself */
export function settleAddresses(facts: AddressFacts, kode: KodeTenant, now: DesaAddresses, wish: AddressWish): DesaAddresses {
  const domain = wish.domain === undefined ? now.domain : parseDomain(wish.domain);
  // A domain takes the place of the port; a port is asked for by itself.
  const port = wish.port === undefined ? (domain === null ? now.port : null) : wish.port;
  const { www = now.www, security = now.security } = wish;
  if (domain !== null) requireFreeToGive(facts, domain, 'domain');
  if (port !== null) requireFitsPort(port, domain, security);
  const wanted = { domain, port, www, own: settleOwn(facts, now.own, wish.own ?? {}), security, old: [] };
  const taken = hostsOf(facts, kode, wanted);
  if (new Set(taken).size !== taken.length) throw new Invalid('alamat-ganda', 'Satu alamat disebut dua kali.', { field: 'own' });
  const forgotten = new Set([...(wish.forget ?? []), ...taken]);
  const before = [...now.old, hostOf(facts, kode, now)];
  return { ...wanted, old: [...new Set(before)].filter((host) => !forgotten.has(host)) };
}

/** Every host at which the desa is or leads on from, those of before left out. */
function hostsOf(facts: AddressFacts, kode: KodeTenant, addresses: DesaAddresses): readonly string[] {
  const { domain, www, own } = addresses;
  return [hostOf(facts, kode, addresses), ...(domain !== null && www ? [`www.${domain}`] : []), ...Object.values(own)];
}

function requireFitsPort(port: number, domain: string | null, security: RouteSecurity): void {
  if (domain !== null) throw new Invalid('domain-dan-port', 'Desa dengan domain tidak memakai port sendiri.', { field: 'port' });
  if (!(Number.isInteger(port) && port >= LOWEST_PORT && port <= HIGHEST_PORT)) {
    throw new Invalid('port-salah', `Port harus bilangan ${LOWEST_PORT}–${HIGHEST_PORT}.`, { field: 'port' });
  }
  if (security === 'any') return;
  throw new Invalid('port-tanpa-https', 'Alamat dengan port sendiri belum dapat memakai HTTPS.', { field: 'security' });
}

function settleOwn(facts: AddressFacts, now: DesaAddresses['own'], wish: NonNullable<AddressWish['own']>): Record<string, string> {
  const own: Record<string, string> = { ...now };
  for (const [app, text] of Object.entries(wish)) {
    const host = parseDomain(text);
    delete own[app];
    if (host === null) continue;
    requireFreeToGive(facts, host, 'own');
    own[app] = host;
  }
  return own;
}

/** @throws Invalid */
export function requireFreeToGive({ baseDomain, reservedHosts }: AddressFacts, host: string, field: string): void {
  if (host === baseDomain || host.endsWith(`.${baseDomain}`)) {
    throw new Invalid('domain-cadangan', `Domain di bawah ${baseDomain} diatur sendiri oleh Pendopo.`, { field });
  }
  if (reservedHosts.some((reserved) => host === reserved || host === `www.${reserved}`)) {
    throw new Invalid('domain-dipesan', `${host} adalah alamat server atau panel admin ini.`, { field });
  }
}

/** @throws Conflict when a host of these is another desa's */
export async function requireNobodyElses(
  tools: Pick<Toolbox, 'addresses' | 'facts'>,
  kode: KodeTenant,
  wanted: DesaAddresses,
): Promise<void> {
  const hosts = hostsOf(tools.facts, kode, wanted);
  for (const host of hosts) {
    const owner = await tools.addresses.ownerOf(host);
    if (owner === null || owner === kode) continue;
    const what = host.startsWith(':') ? `Port ${host.slice(1)}` : `Domain ${host}`;
    throw new Conflict('domain-terpakai', `${what} sudah dipakai desa lain.`, {
      field: 'domain',
      advice: 'Periksa ejaannya, atau pilih yang lain.',
    });
  }
}

/**
 * The installations that are there, when nothing of the desa is half-way.
 * @throws Conflict when an app is being installed or removed, or waits for a decision: its plan knows the old addresses
 */
export async function requireSettled({ jobs }: Pick<Toolbox, 'jobs'>, tenant: TenantRow): Promise<readonly Installation[]> {
  const there = tenant.installations.filter(({ state }) => state !== 'absent');
  const { rows } = await jobs.list({ kode: tenant.kode, limit: 100 });
  for (const { id, state } of there) {
    const newest = rows.find(({ installationId }) => installationId === id);
    if ((state === 'active' || state === 'suspended') && newest?.state !== 'stuck') continue;
    throw new Conflict('belum-selesai', `Ada aplikasi ${tenant.nama} yang belum selesai dikerjakan atau menunggu keputusan.`, {
      advice: 'Selesaikan pekerjaan itu lebih dahulu, lalu ubah alamatnya.',
    });
  }
  return there;
}

/** The app whose job it is: the one at the root, which people think of as the desa's site. */
export function leadingOf(there: readonly Installation[], manifestOf: (app: string) => AppManifest): Installation | null {
  return there.find(({ app }) => manifestOf(app).mount === '/') ?? there[0] ?? null;
}
