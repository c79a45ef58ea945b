import { type Actor, requireMay } from '../../domain/access.ts';
import { areSame, type DesaAddresses, hostOf } from '../../domain/address.ts';
import { certificateFor } from '../../domain/certificate.ts';
import { changesOf } from '../../domain/changes.ts';
import { Conflict, Invalid } from '../../domain/errors.ts';
import { ACTIVE_STATES } from '../../domain/job.ts';
import type { Toolbox } from '../../domain/ports.ts';
import type { TenantRow } from '../../domain/ports-records.ts';
import { type KodeTenant, parseKodeTenant } from '../../domain/wilayah.ts';
import { type AddressWish, leadingOf, requireNobodyElses, requireSettled, settleAddresses } from '../addresses.ts';
import { recordJob } from './jobs.ts';
import { requireTenant } from './tenants.ts';

/** @returns the addresses as they will be, and the job that makes it so; no job for a desa that has no app yet */
export async function requestAddresses(
  tools: Toolbox,
  actor: Actor,
  input: AddressWish & { readonly kode: string },
): Promise<{ readonly addresses: DesaAddresses; readonly jobId: string | null }> {
  const kode = parseKodeTenant(input.kode);
  requireMay(actor, 'create-tenant', kode);
  const tenant = await requireTenant(tools, kode);
  const now = await tools.addresses.of(kode);
  const { kode: _kode, ...wish } = input;
  for (const app of Object.keys(wish.own ?? {})) tools.apps.entry(app);
  const addresses = settleAddresses(tools.facts, kode, now, wish);
  if (areSame(addresses, now)) throw new Conflict('tidak-berubah', `Alamat ${tenant.nama} sudah seperti itu.`);
  await requireNobodyElses(tools, kode, addresses);
  await requireCertified(tools, kode, addresses);
  return { addresses, jobId: await changeTo(tools, actor, tenant, now, addresses) };
}

/** Who is sent to https must find somebody there. Where something before us ends TLS, that is its affair. */
async function requireCertified(tools: Toolbox, kode: KodeTenant, addresses: DesaAddresses): Promise<void> {
  if (addresses.security === 'any' || tools.facts.publicScheme === 'https') return;
  const certificates = await tools.certificates.list();
  const hosts = [hostOf(tools.facts, kode, addresses), ...Object.values(addresses.own)];
  const bare = hosts.find((host) => certificateFor(host, certificates, tools.clock.now()) === null);
  if (bare === undefined) return;
  throw new Invalid('sertifikat-tidak-ada', `Belum ada sertifikat yang berlaku untuk ${bare}.`, {
    field: 'security',
    advice: 'Unggah sertifikatnya di halaman Sertifikat lebih dahulu.',
  });
}

async function changeTo(
  tools: Toolbox,
  actor: Actor,
  tenant: TenantRow,
  before: DesaAddresses,
  addresses: DesaAddresses,
): Promise<string | null> {
  const { kode } = tenant;
  if ((await tools.jobs.list({ kode, state: ACTIVE_STATES, limit: 1 })).rows.length > 0) {
    throw new Conflict('masih-ada-pekerjaan', `Masih ada pekerjaan yang berjalan di ${tenant.nama}.`, { advice: 'Tunggu sampai selesai.' });
  }
  const there = await requireSettled(tools, tenant);
  const leading = leadingOf(there, (app) => tools.apps.entry(app).manifest);
  const told = ({ domain, port, security, own }: DesaAddresses) => ({
    domain,
    port,
    security,
    own: Object.entries(own).map((one) => one.join(' ')),
  });
  await tools.audit.note({
    ...{ actor: actor.username, action: 'change-addresses', target: kode },
    detail: changesOf(told(before), told(addresses)),
  });
  if (leading !== null) {
    return recordJob(tools, actor, 'change-domain', leading, { tag: null, settings: leading.settings, archiveId: null, addresses });
  }
  // Nothing serves it yet, so nothing led to where it was.
  await tools.addresses.save(kode, { ...addresses, old: [] });
  return null;
}
