import type { TenantRow } from '../../src/domain/ports.ts';
import { parseKodeDesa } from '../../src/domain/wilayah.ts';
import { createTenant } from '../../src/workflows/commands.ts';
import type { Session } from './session.ts';

/** The desa, registered now if it was not yet. @throws Invalid for an unknown kode */
export async function ensureTenant({ tools, actor }: Session, kode: string): Promise<TenantRow> {
  return (await tools.tenants.find(parseKodeDesa(kode))) ?? (await createTenant(tools, actor, { kode }));
}
