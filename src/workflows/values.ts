import type { Plan } from '../domain/plan.ts';
import { plannedSecrets } from '../domain/plan.ts';
import type { Secret } from '../domain/secret.ts';
import { secretNames } from '../domain/setting.ts';
import { digitsOf } from '../domain/wilayah.ts';
import type { StepTools } from './step.ts';

/** What templates, command inputs and probes may name: `{{desa.nama}}`, `{{secret.db-password}}`, … */
export type Values = ReadonlyMap<string, string | Secret>;

/** All values of a planned installation; secrets that it does not have are left out, so that using one is an error. */
export async function valuesOf(plan: Plan, tools: StepTools): Promise<Values> {
  const values = new Map<string, string | Secret>(publicValuesOf(plan, tools));
  for (const { ref, name } of plannedSecrets(plan)) {
    if (await tools.vault.exists(ref)) values.set(`secret.${name}`, await tools.vault.read(ref));
  }
  for (const name of secretNames(plan.manifest)) {
    const ref = plan.settings[name] ?? '';
    values.set(`setting.${name}`, ref === '' ? '' : await tools.vault.read(ref));
  }
  return values;
}

/** The same without secrets: enough for probes. */
export function publicValuesOf(plan: Plan, tools: Pick<StepTools, 'databases'>): Values {
  const { tenant, names, address, release } = plan;
  const hidden = secretNames(plan.manifest);
  const { host, port } = tools.databases.address;
  return new Map([
    ['desa.kode', tenant.kode],
    ['desa.kode10', digitsOf(tenant.kode)],
    ['desa.nama', tenant.nama],
    ['desa.kecamatan', tenant.namaKecamatan],
    ['desa.kabupaten', tenant.namaKabupaten],
    ['desa.provinsi', tenant.namaProvinsi],
    ['desa.kodeKecamatan', tenant.kodeKecamatan ?? ''],
    ['desa.kodeKabupaten', tenant.kodeKabupaten],
    ['desa.kodeProvinsi', tenant.kodeProvinsi],
    ['database.host', host],
    ['database.port', String(port)],
    ['database.name', names.schema ?? plan.borrowed?.schema ?? ''],
    ['database.user', names.databaseUser ?? ''],
    ['gabungan.name', plan.readable?.schema ?? ''],
    ['gabungan.user', names.reader ?? ''],
    ['address.url', address.url],
    ['address.host', address.host],
    ['address.origin', address.path === '/' ? address.url.replace(/\/$/, '') : address.url.slice(0, -address.path.length)],
    ['address.before', plan.addressBefore ?? address.url],
    ['release.tag', release.tag],
    ['release.version', release.version],
    ['installation.id', plan.installationId],
    ...Object.entries(plan.settings)
      .filter(([name]) => !hidden.includes(name))
      .map(([name, value]): [string, string] => [`setting.${name}`, value]),
  ]);
}
