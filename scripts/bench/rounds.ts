import type { OpenDatabase } from '../../src/adapters/db/client.ts';
import { desaNumbers, registrations } from '../../src/adapters/db/schema-registrations.ts';
import { rolloutMembers, rollouts } from '../../src/adapters/db/schema-rollouts.ts';
import type { Toolbox } from '../../src/domain/ports.ts';
import type { KodeTenant } from '../../src/domain/wilayah.ts';

const APP = 'contoh-opensid';
/** One in so many failed. */
const FAILED = 50;
const REHEARSALS = 12;
const FIRST_NUMBER = 2;

interface There {
  readonly id: string;
  readonly kode: KodeTenant;
}

/** An update and a year of rehearsals, all desa in each, and every desa's place in the combined database. @returns ids of one of each */
export async function seedRounds(
  { db }: OpenDatabase,
  { ids }: Pick<Toolbox, 'ids'>,
  there: readonly There[],
): Promise<{ readonly update: string; readonly rehearse: string }> {
  const at = new Date();
  const begin = async (work: 'update' | 'rehearse'): Promise<string> => {
    const id = ids.next();
    await db.insert(rollouts).values({
      ...{ id, work, app: APP, tag: 'v1.0.0', state: 'finished' as const, concurrency: 4, haltPercent: null, window: null, reason: null },
      ...{ createdBy: 'bench', createdAt: at, endedAt: at },
    });
    await db.insert(rolloutMembers).values(
      there.map(({ id: installationId, kode }, position) => ({
        ...{ rolloutId: id, position, wave: Math.min(4, Math.floor(Math.log2(position + 1) / 2)), kode, installationId, jobId: ids.next() },
        ...{ fromTag: 'v1.0.0', lockedMs: 4_000, startedAt: at, endedAt: at },
        ...(position % FAILED === 0 ? { state: 'failed' as const, fingerprint: 'migrate:perintah-gagal' } : { state: 'done' as const }),
      })),
    );
    return id;
  };
  const update = await begin('update');
  let rehearse = '';
  for (let n = 0; n < REHEARSALS; n += 1) rehearse = await begin('rehearse');
  await db.insert(desaNumbers).values(there.map(({ kode }, index) => ({ configId: index + FIRST_NUMBER, kode })));
  await db.insert(registrations).values(
    there.map(({ id: installationId, kode }, index) => ({
      ...{ installationId, kode, app: APP, schema: `ukur_${index}`, configId: index + FIRST_NUMBER, state: 'registered' as const },
      ...{ provenAt: at, finding: null, changedAt: at, summarisedAt: at },
    })),
  );
  return { update, rehearse };
}
