import type { NetworkInspectInfo } from 'dockerode';
import { Broken, Conflict } from '../domain/errors.ts';
import { ask, askIfThere, type Engine, LABEL, notOurs } from './docker-engine.ts';

/** Room for 4,096 networks of 16 addresses; Docker's own pools hold about 31 networks. */
const POOL = { first: toNumber('10.201.0.0'), last: toNumber('10.201.255.255'), size: 16 };
const ATTEMPTS = 20;

/** Names of networks are not unique to the engine, so everything else goes by id. */
export async function findNetwork(engine: Engine, name: string): Promise<NetworkInspectInfo | null> {
  const found = await ask('mencari jaringan', () => engine.docker.listNetworks({ filters: { name: [name] } }));
  // The filter also finds names that only contain it.
  return found.find((network) => network.Name === name) ?? null;
}

/** One bridge for one installation: no container of another desa is on it. */
export async function ensureNetwork(engine: Engine, name: string, labels: Readonly<Record<string, string>>): Promise<void> {
  const wanted = { ...labels, [LABEL.instance]: engine.instance };
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const existing = await findNetwork(engine, name);
    if (existing !== null) return requireOurs(existing, wanted);
    const subnet = await freeSubnet(engine);
    const created = await ask(`membuat jaringan ${name}`, () => create(engine, name, subnet, wanted));
    if (created) return;
    // Another worker took the name or the addresses in between: look again.
    await engine.clock.sleep(20 * attempt);
  }
  throw new Broken('jaringan-gagal', `Jaringan "${name}" tidak dapat dibuat: semua alamat yang dicoba bertabrakan.`);
}

async function create(engine: Engine, name: string, subnet: string, labels: Record<string, string>): Promise<boolean> {
  try {
    await engine.docker.createNetwork({
      Name: name,
      CheckDuplicate: true,
      Driver: 'bridge',
      EnableIPv6: false,
      IPAM: { Driver: 'default', Config: [{ Subnet: subnet }] },
      Options: { 'com.docker.network.bridge.enable_icc': 'false' },
      Labels: labels,
    });
    return true;
  } catch (error) {
    // 403 "Pool overlaps", 409 "network with name … already exists"; the bridge driver words an overlap as a 500.
    if (error instanceof Error && /overlap|already exists|conflicts with network/i.test(error.message)) return false;
    throw error;
  }
}

async function freeSubnet(engine: Engine): Promise<string> {
  const networks = await ask('membaca daftar jaringan', () => engine.docker.listNetworks());
  const taken = networks.flatMap((network) => network.IPAM?.Config ?? []).flatMap(({ Subnet }) => rangeOf(Subnet ?? ''));
  for (let start = POOL.first; start < POOL.last; start += POOL.size) {
    const end = start + POOL.size - 1;
    if (!taken.some((range) => range.first <= end && start <= range.last)) return `${toAddress(start)}/28`;
  }
  throw new Broken('alamat-jaringan-habis', 'Semua alamat jaringan 10.201.0.0/16 terpakai.');
}

export async function removeNetwork(engine: Engine, name: string): Promise<void> {
  const network = await findNetwork(engine, name);
  if (network === null) return;
  requireOurs(network, { [LABEL.instance]: engine.instance });
  const details = await askIfThere(`memeriksa jaringan ${name}`, () => engine.docker.getNetwork(network.Id).inspect());
  const users = Object.values(details?.Containers ?? {}).map((container) => container.Name);
  if (users.length > 0) throw new Conflict('jaringan-terpakai', `Jaringan "${name}" masih dipakai container ${users.join(', ')}.`);
  await askIfThere(`menghapus jaringan ${name}`, () => engine.docker.getNetwork(network.Id).remove());
}

function requireOurs(network: NetworkInspectInfo, wanted: Readonly<Record<string, string>>): void {
  const labels = network.Labels ?? {};
  const same = [LABEL.instance, LABEL.installation].every((key) => wanted[key] === undefined || labels[key] === wanted[key]);
  if (!same) throw notOurs('Jaringan', network.Name);
}

function rangeOf(subnet: string): { first: number; last: number }[] {
  const match = /^(\d+\.\d+\.\d+\.\d+)\/(\d+)$/.exec(subnet);
  if (match?.[1] === undefined) return [];
  const size = 2 ** (32 - Number(match[2]));
  const first = Math.floor(toNumber(match[1]) / size) * size;
  return [{ first, last: first + size - 1 }];
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function toAddress(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}
