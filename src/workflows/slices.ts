import type { Registration, Slice } from '../domain/combined.ts';
import type { Toolbox } from '../domain/ports.ts';

/** All that work on slices asks for. */
export type SliceTools = Pick<Toolbox, 'combined' | 'registrations' | 'apps' | 'locks' | 'clock' | 'log'>;

export interface FoundSlice {
  readonly registration: Registration;
  readonly slice: Slice;
}

/** null: the installation has no place in a combined database. */
export async function findSlice(tools: SliceTools, installationId: string): Promise<FoundSlice | null> {
  const registration = await tools.registrations.find(installationId);
  const manifest = registration === null ? null : tools.apps.entry(registration.app).combined;
  if (registration === null || manifest === null || registration.state === 'none') return null;
  const { configId, schema } = registration;
  return { registration, slice: { installationId, configId, schema, manifest } };
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
