import { Conflict } from '../domain/errors.ts';
import type { AppManifest } from '../domain/manifest.ts';
import type { Plan } from '../domain/plan.ts';
import type { StepTools } from './step.ts';

/** Before anything starts: there is a combined database to read. @throws Conflict */
export async function requireReadable({ title, reads }: AppManifest, tools: StepTools): Promise<void> {
  if (reads === undefined) return;
  const { manifest } = tools.apps.entry(reads.app);
  const isFed = (await tools.registrations.list()).some(({ app, state }) => app === reads.app && state !== 'none');
  if (isFed) return;
  throw new Conflict('gabungan-masih-kosong', `${title} membaca basis data gabungan ${manifest.title}, yang belum berisi satu desa pun.`, {
    advice: `Belum ada yang diubah. Pasang ${manifest.title} di sebuah desa lebih dahulu.`,
  });
}

/** The combined schema that an app reads. */
export function readableBy({ reads }: AppManifest, tools: Pick<StepTools, 'apps' | 'combined'>): Pick<Plan, 'readable'> {
  const combined = reads === undefined ? null : tools.apps.entry(reads.app).combined;
  return combined === null ? {} : { readable: { schema: tools.combined.schemaOf(combined) } };
}
