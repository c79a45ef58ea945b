import { explain, PendopoError } from '../../src/domain/errors.ts';
import { paint } from '../terminal/screen.ts';
import { type Check, type Finding, wrong } from './checks/finding.ts';
import { openSession, type Place, type Session } from './session.ts';
import type { Verb } from './verb.ts';

interface Result extends Finding {
  readonly name: string;
  readonly label: string;
}

export const doctor: Verb = {
  name: 'periksa',
  aliases: ['doctor'],
  summary: 'memeriksa semua yang diperlukan Pendopo, dan mengatakan apa yang harus dilakukan',
  standalone: true,
  async run(place) {
    const session = await sessionIfPossible(place);
    const results = await Promise.all((await checksFor(place, session)).map(carryOut));
    await session?.close();
    const ok = results.every((result) => result.ok);
    place.output.answer({ status: ok ? 'ok' : 'masalah', checks: results }, () => resultText(results));
    return ok ? 0 : 1;
  },
};

async function checksFor(place: Place, session: Session | null): Promise<readonly Check[]> {
  const [{ serviceChecks }, { machineChecks }, { processChecks, workChecks }] = await Promise.all([
    import('./checks/services.ts'),
    import('./checks/machine.ts'),
    import('./checks/house.ts'),
  ]);
  const ofRecords = session === null ? [] : workChecks(session.tools);
  return [...serviceChecks(place), ...machineChecks(place), ...processChecks(place), ...ofRecords];
}

/** Without it the checks of the records are left out; the check of the database says why. */
async function sessionIfPossible(place: Place): Promise<Session | null> {
  try {
    return await openSession(place, process.env);
  } catch (error) {
    if (error instanceof PendopoError) return null;
    throw error;
  }
}

/** A check that cannot be carried out has found something as well. */
async function carryOut({ name, label, run }: Check): Promise<Result> {
  try {
    return { name, label, ...(await run()) };
  } catch (error) {
    const advice = error instanceof PendopoError ? error.advice : null;
    return { name, label, ...wrong(explain(error), advice ?? 'Lihat catatan proses di folder data.') };
  }
}

function resultText(results: readonly Result[]): string {
  const longest = Math.max(...results.map(({ label }) => label.length));
  const lines = results.map(({ label, ok, detail, advice }) => {
    const word = ok ? paint('green', 'OK     ') : paint('red', 'MASALAH');
    return `${word}  ${label.padEnd(longest)}  ${detail}${advice === null ? '' : `\n         ${' '.repeat(longest)}  → ${advice}`}`;
  });
  const faults = results.filter(({ ok }) => !ok).length;
  return [...lines, '', faults === 0 ? 'Semuanya baik.' : `${faults} masalah.`].join('\n');
}
