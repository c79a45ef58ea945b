import type { Registration } from '../../src/domain/combined.ts';
import type { Instance } from './instance.ts';

/** A desa's registration in the combined database, and whether both sides agree at this moment. */
export async function combinedOf(
  { tools }: Instance,
  kode: string,
): Promise<{ readonly state: Registration['state'] | null; readonly configId: number | null; readonly wrong: readonly string[] }> {
  const registration = (await tools.registrations.list()).find((one) => one.kode === kode);
  if (registration === undefined) return { state: null, configId: null, wrong: [] };
  const { installationId, configId, schema, app, state } = registration;
  const manifest = tools.apps.entry(app).combined;
  if (manifest === null || state === 'none') return { state, configId, wrong: [] };
  const proofs = await tools.combined.verify({ installationId, configId, schema, manifest });
  return { state, configId, wrong: proofs.filter(({ isEqual }) => !isEqual).map(({ table }) => table) };
}
