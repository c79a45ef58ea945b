import { type Actor, requireMay } from '../../domain/access.ts';
import { NO_ADDRESSES } from '../../domain/address.ts';
import { Invalid, NotFound } from '../../domain/errors.ts';
import type { Toolbox } from '../../domain/ports.ts';
import type { TenantRow } from '../../domain/ports-records.ts';
import { parseDomain, type Tenant } from '../../domain/tenant.ts';
import { type KodeTenant, kabupatenOf, kecamatanOf, parseKodeTenant, provinsiOf, scopeOf } from '../../domain/wilayah.ts';
import { requireFreeToGive, requireNobodyElses } from '../addresses.ts';

/** @throws Invalid for an unknown kode or a bad domain, Conflict when desa or domain are taken */
export async function createTenant(tools: Toolbox, actor: Actor, input: { kode: string; domain?: string | null }): Promise<TenantRow> {
  const kode = parseKodeTenant(input.kode);
  const domain = parseDomain(input.domain);
  requireMay(actor, 'create-tenant', kode);
  if (domain !== null) {
    requireFreeToGive(tools.facts, domain, 'domain');
    await requireNobodyElses(tools, kode, { ...NO_ADDRESSES, domain });
  }
  const tenant = { kode, domain, ...(await placeOf(tools, kode)) };
  await tools.tenants.create(tenant, actor);
  await tools.audit.note({ actor: actor.username, action: 'create-tenant', target: kode, detail: { domain } });
  return { ...tenant, createdAt: tools.clock.now(), installations: [] };
}

/** The desa, registered now if it was not yet. @throws Invalid for an unknown kode */
export async function ensureTenant(tools: Toolbox, actor: Actor, input: { kode: string; domain?: string | null }): Promise<TenantRow> {
  return (await tools.tenants.find(parseKodeTenant(input.kode))) ?? (await createTenant(tools, actor, input));
}

/** What the official list says of it. A kecamatan is in itself, a kabupaten in no kecamatan. @throws Invalid when it is not listed */
async function placeOf({ wilayah }: Toolbox, kode: KodeTenant): Promise<Omit<Tenant, 'kode' | 'domain' | 'createdAt'>> {
  const scope = scopeOf(kode);
  const [own, kecamatan, kabupaten, provinsi] = await Promise.all([
    wilayah.find(kode),
    scope === 'kabupaten' ? null : wilayah.find(kecamatanOf(kode)),
    wilayah.find(kabupatenOf(kode)),
    wilayah.find(provinsiOf(kode)),
  ]);
  if (own === null || kabupaten === null || provinsi === null || (kecamatan === null && scope !== 'kabupaten')) {
    throw new Invalid('desa-tidak-dikenal', `Kode ${scope} ${kode} tidak ada dalam daftar wilayah Indonesia.`, { field: 'kode' });
  }
  return {
    nama: own.nama,
    kodeKecamatan: kecamatan?.kode ?? null,
    namaKecamatan: kecamatan?.nama ?? '',
    kodeKabupaten: kabupaten.kode,
    namaKabupaten: kabupaten.nama,
    kodeProvinsi: provinsi.kode,
    namaProvinsi: provinsi.nama,
  };
}

/** @throws NotFound for a desa that is not registered */
export async function requireTenant(tools: Toolbox, kode: KodeTenant): Promise<TenantRow> {
  const tenant = await tools.tenants.find(kode);
  if (tenant === null)
    throw new NotFound('desa-tidak-ada', `Desa ${kode} belum terdaftar.`, { advice: 'Tambahkan desa ini lebih dahulu.' });
  return tenant;
}
