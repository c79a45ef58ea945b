import type { OfficialFact, Registration, Slice } from '../domain/combined.ts';
import type { Toolbox } from '../domain/ports.ts';
import { countedTables } from '../domain/summary.ts';
import type { Tenant } from '../domain/tenant.ts';

/** All that work on slices asks for. */
export type SliceTools = Pick<Toolbox, 'combined' | 'registrations' | 'tenants' | 'apps' | 'locks' | 'clock' | 'log'>;

export interface FoundSlice {
  readonly registration: Registration;
  readonly slice: Slice;
}

/** null: the installation has no place in a combined database. */
export async function findSlice(tools: SliceTools, installationId: string): Promise<FoundSlice | null> {
  const registration = await tools.registrations.find(installationId);
  if (registration === null || registration.state === 'none') return null;
  const { combined: manifest, summary } = tools.apps.entry(registration.app);
  if (manifest === null) return null;
  const { configId, schema } = registration;
  const official = officialOf(await tools.tenants.find(registration.kode));
  const counted = summary === null ? new Set<string>() : countedTables(summary);
  return { registration, slice: { installationId, configId, schema, manifest, official, counted } };
}

function officialOf(tenant: Tenant | null): Readonly<Record<OfficialFact, string>> | null {
  // Only desa have slices.
  if (tenant === null || tenant.kodeKecamatan === null) return null;
  const digits = (kode: string): string => kode.replaceAll('.', '');
  return {
    'kode-desa': digits(tenant.kode),
    'kode-kecamatan': digits(tenant.kodeKecamatan),
    'nama-kecamatan': tenant.namaKecamatan,
    'kode-kabupaten': digits(tenant.kodeKabupaten),
    'nama-kabupaten': tenant.namaKabupaten,
    'kode-provinsi': digits(tenant.kodeProvinsi),
    'nama-provinsi': tenant.namaProvinsi,
  };
}

/** One at a time for an installation: a step, the reconciler and the feeder may want the same. */
export function alone<T>(tools: SliceTools, installationId: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  return tools.locks.withLock(lockOf(installationId), signal, work);
}

/** The same without waiting. @returns whether nobody else was at it */
export function aloneNow(tools: SliceTools, installationId: string, work: () => Promise<void>): Promise<boolean> {
  return tools.locks.tryLock(lockOf(installationId), work);
}

function lockOf(installationId: string): string {
  return `gabungan ${installationId}`;
}
