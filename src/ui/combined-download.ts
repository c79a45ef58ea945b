import { linkCombined } from '../workflows/commands/combined-download.ts';
import { showCombined } from './combined.ts';
import { orShowAgain, redirect } from './notices.ts';
import type { Answer, Visit } from './visit.ts';

/** One choice of the form, `sql` or `csv:tabel`: the link, and right away what it points at. */
export async function askCombined(visit: Visit): Promise<Answer> {
  const [format, table] = visit.form.text('isi').split(':');
  return orShowAgain(
    async () => {
      const request = {
        app: visit.form.text('aplikasi') || undefined,
        format: format === 'csv' ? ('csv' as const) : ('sql' as const),
        table,
      };
      return redirect(`/api/v1/gabungan/unduhan/${(await linkCombined(visit.tools, visit.actor, request)).id}`);
    },
    () => showCombined(visit),
  );
}
