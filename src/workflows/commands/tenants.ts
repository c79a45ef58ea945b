import { type Actor, requireMay } from '../../domain/access.ts';
import { NO_ADDRESSES } from '../../domain/address.ts';
import { Invalid, NotFound } from '../../domain/errors.ts';
import type { Toolbox } from '../../domain/ports.ts';
import type { TenantRow } from '../../domain/ports-records.ts';
import { parseDomain } from '../../domain/tenant.ts';
import { type KodeDesa, kabupatenOf, kecamatanOf, parseKodeDesa, provinsiOf } from '../../domain/wilayah.ts';
import { requireFreeToGive, requireNobodyElses } from '../addresses.ts';

/** @throws Invalid for an unknown kode or a bad domain, Conflict when desa or domain are taken */
export async function createTenant(tools: Toolbox, actor: Actor, input: { kode: string; domain?: string | null }): Promise<TenantRow> {
  const kode = parseKodeDesa(input.kode);
  const domain = parseDomain(input.domain);
  requireMay(actor, 'create-tenant', kode);
  if (domain !== null) {
    requireFreeToGive(tools.facts, domain, 'domain');
    await requireNobodyElses(tools, kode, { ...NO_ADDRESSES, domain });
  }
  const [desa, kecamatan, kabupaten, provinsi] = await Promise.all([
    tools.wilayah.find(kode),
    tools.wilayah.find(kecamatanOf(kode)),
    tools.wilayah.find(kabupatenOf(kode)),
    tools.wilayah.find(provinsiOf(kode)),
  ]);
  if (desa === null || kecamatan === null || kabupaten === null || provinsi === null) {
    throw new Invalid('desa-tidak-dikenal', `Kode desa ${kode} tidak ada dalam daftar wilayah Indonesia.`, { field: 'kode' });
  }
  const tenant = {
    kode,
    domain,
    nama: desa.nama,
    kodeKecamatan: kecamatan.kode,
    namaKecamatan: kecamatan.nama,
    kodeKabupaten: kabupaten.kode,
    namaKabupaten: kabupaten.nama,
    kodeProvinsi: provinsi.kode,
    namaProvinsi: provinsi.nama,
  };
  await tools.tenants.create(tenant, actor);
  await tools.audit.note({ actor: actor.username, action: 'create-tenant', target: kode, detail: { domain } });
  return { ...tenant, createdAt: tools.clock.now(), installations: [] };
}

/** The desa, registered now if it was not yet. @throws Invalid for an unknown kode */
export async function ensureTenant(tools: Toolbox, actor: Actor, input: { kode: string; domain?: string | null }): Promise<TenantRow> {
  return (await tools.tenants.find(parseKodeDesa(input.kode))) ?? (await createTenant(tools, actor, input));
}

/** @throws NotFound for a desa that is not registered */
export async function requireTenant(tools: Toolbox, kode: KodeDesa): Promise<TenantRow> {
  const tenant = await tools.tenants.find(kode);
  if (tenant === null)
    throw new NotFound('desa-tidak-ada', `Desa ${kode} belum terdaftar.`, { advice: 'Tambahkan desa ini lebih dahulu.' });
  return tenant;
}
