import { FIGURES } from './memory-combined.ts';
import type { UiWorld } from './ui-world.ts';

/** The same world with every desa in the combined database, some more than others; one of them waits to be counted. */
export function withCombined(world: UiWorld, app = 'opensid'): UiWorld {
  const { memory, tools } = world;
  const before = (minutes: number) => new Date(memory.now.getTime() - minutes * 60_000);
  const all = () => [...memory.tenants.values()].map((tenant, at) => ({ tenant, at, installationId: `GABUNG${at}` }));
  return {
    ...world,
    tools: {
      ...tools,
      registrations: {
        ...tools.registrations,
        needingRepair: async () => ['GABUNG7'],
        list: async () =>
          all().map(({ tenant, at, installationId }) => ({
            ...{ installationId, kode: tenant.kode, app, schema: 's', configId: at + 2, provenAt: before(at % 15) },
            ...{ changedAt: before(9), summarisedAt: at === 4 ? null : before(8), finding: at === 7 ? 'Berbeda: penduduk.' : null },
            state: at === 7 ? 'stale' : 'registered',
          })),
      },
      summaries: {
        ...tools.summaries,
        list: async ({ within }) =>
          all()
            .filter(({ tenant }) => within === null || tenant.kode.startsWith(within))
            .map(({ tenant, at, installationId }) => ({
              ...{ installationId, kode: tenant.kode, nama: tenant.nama, namaKecamatan: tenant.namaKecamatan },
              ...{ kodeKecamatan: tenant.kodeKecamatan ?? tenant.kode, changedAt: before(9), madeAt: at === 4 ? null : before(8) },
              figures: at === 4 ? null : figuresOf(at),
            })),
      },
    },
  };
}

/** Some hundreds to some thousands of people, young ones more often than old ones. */
function figuresOf(at: number): typeof FIGURES {
  const size = 6 + ((at * 37) % 41);
  const ages = Array.from({ length: 90 }, (_, age) => [
    String(age),
    [Math.round((size * (95 - age)) / 90), Math.round((size * (97 - age)) / 90), 0] as const,
  ]);
  return {
    ...FIGURES,
    ages: Object.fromEntries(ages),
    counts: { keluarga: size * 27 },
    programs: [{ name: 'BLT', participants: at % 50 }],
  };
}
