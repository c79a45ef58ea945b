import { Conflict } from '../domain/errors.ts';
import type { Job } from '../domain/job.ts';
import { type Plan, type PlannedRelease, planNames } from '../domain/plan.ts';
import { changedNames, configured, type Settings, settleSettings } from '../domain/setting.ts';
import { knowsCommand } from './known-commands.ts';
import { assemble, nextNames, tenantOf } from './planning.ts';
import { present } from './planning-change.ts';
import { borrowedBy, entryFor } from './planning-needs.ts';
import type { StepTools } from './step.ts';

/** The installation as it runs, release and image untouched, with what was asked for over the settings it has. */
export async function planConfigure(job: Job, tools: StepTools): Promise<Plan> {
  const { entry: offered, installation, running, from } = await present(job, tools);
  const tenant = await tenantOf(job, tools);
  const entry = await entryFor(offered, running, tools);
  const { manifest } = entry;
  const claims = await tools.claims.of(installation.id);
  const old = settleSettings(manifest, {}, installation.settings);
  const settings = settleSettings(manifest, job.input.settings, old);
  const with_ = (chosen: Settings): Pick<Plan, 'settings' | 'manifest' | 'names'> => {
    const made = configured(manifest, chosen);
    return { settings: chosen, manifest: made, names: nextNames(claims, planNames(tools.facts, tenant, made)) };
  };
  const { names } = with_(old);
  if (manifest.commands.configure != null && !(await knowsCommand({ names }, 'configure', tools))) {
    throw new Conflict('image-lama', `${manifest.title} di desa ini berjalan dari image lama yang belum mengenal pengaturan ini.`, {
      advice: 'Belum ada yang diubah. Perbarui aplikasinya lebih dahulu (boleh ke versi yang sama), lalu tekan Coba lagi.',
    });
  }
  const labels = manifest.settings.filter(({ name }) => changedNames(old, settings).includes(name)).map(({ label }) => label);
  tools.tell(labels.length === 0 ? 'Tidak ada nilai yang berubah; pengaturan yang ada ditulis lagi.' : `Berubah: ${labels.join(', ')}`);
  const chosen = { ...with_(settings), origin: { kind: 'template' as const }, ...(await borrowedBy(manifest, tenant, tools)) };
  const plan = await assemble(job, tenant, entry, running, tools, chosen);
  const release: PlannedRelease = { ...plan.release, image: from.image };
  return { ...plan, release, previous: with_(old) };
}
