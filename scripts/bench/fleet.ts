import { randomBytes } from 'node:crypto';
import { type OpenDatabase, openDatabase } from '../../src/adapters/db/client.ts';
import { installations } from '../../src/adapters/db/schema.ts';
import { jobs } from '../../src/adapters/db/schema-jobs.ts';
import { hashPassword } from '../../src/api/password.ts';
import { type KodeDesa, parseKodeDesa, parseKodeWilayah } from '../../src/domain/wilayah.ts';
import { createTenant } from '../../src/workflows/commands/tenants.ts';
import type { Place } from './place.ts';

export const DESA = 450;
export const JOBS = 100_000;
const BATCH = 2_000;
const AT_ONCE = 16;
const PROVINSI = '52';
const APP = 'contoh-opensid';

/** Records of so many desa in service and their 100,000 jobs. None of it runs. */
export async function seedFleet(place: Place, desa = DESA): Promise<readonly KodeDesa[]> {
  const kodes = await desaOfProvinsi(place, desa);
  for (let first = 0; first < kodes.length; first += AT_ONCE)
    await Promise.all(kodes.slice(first, first + AT_ONCE).map((kode) => createTenant(place.tools, place.actor, { kode })));
  const records = openDatabase(place.house.settings.config.databaseUrl, 1);
  try {
    const ids = kodes.map(() => place.tools.ids.next());
    const now = new Date();
    await records.db.insert(installations).values(
      kodes.map((kode, index) => ({
        ...{ id: ids[index] ?? '', kode, app: APP, state: 'active' as const, tag: 'v1.0.0', version: '1.0.0' },
        ...{ settings: {}, url: `http://${kode.replaceAll('.', '')}.localhost/`, updatedAt: now },
      })),
    );
    await seedJobs(records, place, kodes, ids);
  } finally {
    await records.close();
  }
  return kodes;
}

async function seedJobs({ db }: OpenDatabase, { tools }: Place, kodes: readonly KodeDesa[], ids: readonly string[]): Promise<void> {
  for (let done = 0; done < JOBS; done += BATCH) {
    const rows = kodes.flatMap((kode, index) => ({ kode, installationId: ids[index] ?? '' }));
    await db.insert(jobs).values(
      Array.from({ length: BATCH }, (_, index) => {
        const at = new Date(Date.now() - (JOBS - done - index) * 60_000);
        const failed = (done + index) % 50 === 0;
        return {
          ...{
            id: tools.ids.next(),
            workflow: 'install' as const,
            app: APP,
            priority: 0,
            requestedBy: 'bench',
            createdAt: at,
            startedAt: at,
          },
          ...(rows[(done + index) % rows.length] ?? { kode: parseKodeDesa('52.01.14.2001'), installationId: '' }),
          ...{ endedAt: at, activeInstallation: null, input: { tag: null, settings: {}, archiveId: null } },
          ...(failed
            ? {
                state: 'undone' as const,
                causeCode: 'aplikasi-tidak-sehat',
                causeStep: 'wait-until-healthy',
                causeMessage: 'Tidak menjawab.',
                fingerprint: 'wait-until-healthy:aplikasi-tidak-sehat',
              }
            : { state: 'succeeded' as const }),
        };
      }),
    );
  }
  await db.execute(`ANALYZE TABLE ${['jobs', 'tenants', 'installations'].join(', ')}`);
}

export async function desaOfProvinsi({ tools }: Pick<Place, 'tools'>, desa = DESA): Promise<readonly KodeDesa[]> {
  const found: KodeDesa[] = [];
  for (const kabupaten of await tools.wilayah.children(parseKodeWilayah(PROVINSI))) {
    for (const kecamatan of await tools.wilayah.children(kabupaten.kode)) {
      for (const { kode } of await tools.wilayah.children(kecamatan.kode)) found.push(parseKodeDesa(kode));
      if (found.length >= desa) return found.slice(0, desa);
    }
  }
  throw new Error(`provinsi ${PROVINSI} has only ${found.length} desa`);
}

/** Somebody who may see everything, with a random password that nobody has to change first. */
export async function benchUser({ tools }: Place): Promise<{ readonly username: string; readonly password: string }> {
  const user = { username: `ukur-${randomBytes(4).toString('hex')}`, password: randomBytes(18).toString('base64url') };
  await tools.users.create({
    ...{ id: tools.ids.next(), username: user.username, name: 'Ukur', role: 'superadmin', wilayah: null, mustChangePassword: false },
    passwordHash: await hashPassword(user.password),
  });
  return user;
}
