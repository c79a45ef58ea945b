import type { Registration } from '../../src/domain/combined.ts';
import { compareSlice } from '../../src/workflows/proof.ts';
import { findSlice } from '../../src/workflows/slices.ts';
import type { Instance } from './instance.ts';

/** A desa's registration in the combined database, and which tables differ once all that it wrote has arrived. */
export async function combinedOf(
  { tools }: Instance,
  kode: string,
  app = 'contoh-opensid',
): Promise<{ readonly state: Registration['state'] | null; readonly configId: number | null; readonly wrong: readonly string[] }> {
  const registration = (await tools.registrations.list()).find((one) => one.kode === kode && one.app === app);
  if (registration === undefined) return { state: null, configId: null, wrong: [] };
  const { installationId, configId, state } = registration;
  const found = await findSlice(tools, installationId);
  if (found === null) return { state, configId, wrong: [] };
  const { wrong, open } = await compareSlice(tools, found.slice, false, AbortSignal.timeout(60_000));
  return { state, configId, wrong: [...wrong.map(({ table }) => table), ...open] };
}
