/** Where a desa is reached: which addresses it is given, and the routes and URLs that follow from them. */
import type { AppManifest } from './manifest.ts';
import type { Route, RouteSecurity } from './ports-records.ts';
import { digitsOf, type KodeTenant } from './wilayah.ts';

/** How this Pendopo is reached. */
export interface AddressFacts {
  /** Host suffix for desa without a domain: `<10 digits>.<baseDomain>`. */
  readonly baseDomain: string;
  /** What people put before the host: `http` or `https`, and the port when it is not the scheme's own. */
  readonly publicScheme: 'http' | 'https';
  readonly publicPort: number;
  /** The port of https where `publicScheme` is http. */
  readonly publicTlsPort: number;
  /** What people put before the port of a desa that has neither domain nor name: an address or a name of this server. */
  readonly publicHost: string;
  /** Hosts that no desa may have: this server's own, that of the admin pages. */
  readonly reservedHosts: readonly string[];
}

/** What a desa is given, whichever of its apps are there. Every host of it belongs to no other desa. */
export interface DesaAddresses {
  /** Its own domain; null while it has none: then `port`, or a name below the base domain. */
  readonly domain: string | null;
  /** Without a domain: a port of this server that is the desa's alone. */
  readonly port: number | null;
  /** Whether `www.<domain>` leads to the domain. */
  readonly www: boolean;
  /** Further hosts, each of which serves one app beside the desa's address: app → host. */
  readonly own: Readonly<Record<string, string>>;
  /** Hosts where the desa was before; they lead to where it is now. A port of before is written `:20001`. */
  readonly old: readonly string[];
  /** `any`: the place's usual scheme, and both are answered. `https`: by https only. `hsts`: and browsers are to remember it. */
  readonly security: RouteSecurity;
}

export const NO_ADDRESSES: DesaAddresses = { domain: null, port: null, www: true, own: {}, old: [], security: 'any' };

/** Where an app of a desa is opened. */
export interface Address {
  /** What visitors type before the port. */
  readonly host: string;
  readonly path: string;
  readonly url: string;
}

/** A route before it is known who serves it. */
export type PlannedRoute = Pick<Route, 'host' | 'path' | 'kind' | 'target' | 'security'>;

export interface Addresses {
  /** `NO_ADDRESSES` with its domain for a desa that was never given more. @throws NotFound */
  of(kode: KodeTenant): Promise<DesaAddresses>;
  /** Whose a host (or `:20001`) is: given to a desa, or claimed for one of its apps. */
  ownerOf(host: string): Promise<KodeTenant | null>;
  /** @throws Conflict when the domain or the port is another desa's */
  save(kode: KodeTenant, addresses: DesaAddresses): Promise<void>;
}

type Mounted = Pick<AppManifest, 'name' | 'mount'>;

export function areSame(a: DesaAddresses, b: DesaAddresses): boolean {
  const told = ({ domain, port, www, own, old, security }: DesaAddresses): string =>
    JSON.stringify([domain, port, www, Object.entries(own).sort(), old, security]);
  return told(a) === told(b);
}

/** The host of the desa's routes: a name, or `:20001`. */
export function hostOf(facts: Pick<AddressFacts, 'baseDomain'>, kode: KodeTenant, { domain, port }: DesaAddresses): string {
  return domain ?? (port === null ? `${digitsOf(kode)}.${facts.baseDomain}` : `:${port}`);
}

export function planAddress(facts: AddressFacts, kode: KodeTenant, addresses: DesaAddresses, { mount }: Mounted): Address {
  const host = hostOf(facts, kode, addresses);
  const origin = originOf(facts, host, addresses.security);
  return { host: host.startsWith(':') ? facts.publicHost : host, path: mount, url: `${origin}${mount}` };
}

/** Every route of one app at these addresses, the one that people are shown first. */
export function planRoutes(
  facts: AddressFacts,
  kode: KodeTenant,
  addresses: DesaAddresses,
  { name, mount }: Mounted,
): readonly PlannedRoute[] {
  const { domain, www, own, old, security } = addresses;
  const host = hostOf(facts, kode, addresses);
  const origin = originOf(facts, host, security);
  const leading = (from: string, path: string, target: string): PlannedRoute => ({
    ...{ host: from, path, kind: 'redirect', target, security: 'any' },
  });
  const extra = own[name];
  const aliases: PlannedRoute[] = extra === undefined ? [] : [{ host: extra, path: mount, kind: 'alias', target: null, security }];
  // The app itself goes on thinking that it is below its path.
  if (extra !== undefined && mount !== '/') aliases.push(leading(extra, '/', `${originOf(facts, extra, security)}${mount}`));
  return [
    { host, path: mount, kind: 'site', target: null, security },
    ...aliases,
    ...(domain !== null && www ? [leading(`www.${domain}`, mount, origin)] : []),
    ...old.map((from) => leading(from, mount, origin)),
  ];
}

/** Scheme, host and port as visitors type them; the port only where it is not the scheme's own. */
function originOf(facts: AddressFacts, host: string, security: RouteSecurity): string {
  const scheme = security === 'any' ? facts.publicScheme : 'https';
  // A port of its own speaks http, unless something before us puts TLS before every port.
  if (host.startsWith(':')) return `${facts.publicScheme}://${facts.publicHost}${host}`;
  const port = scheme === facts.publicScheme ? facts.publicPort : facts.publicTlsPort;
  const isUsual = port === (scheme === 'https' ? 443 : 80);
  return `${scheme}://${host}${isUsual ? '' : `:${port}`}`;
}
