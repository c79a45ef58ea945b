import type { Release } from '../../src/domain/app.ts';
import type { Job, JobStep } from '../../src/domain/job.ts';
import type { AppManifest } from '../../src/domain/manifest.ts';
import type { Toolbox } from '../../src/domain/ports.ts';
import type { WilayahRecords } from '../../src/domain/ports-records.ts';
import { digitsOf, indukOf, type KodeWilayah, parseKodeWilayah, tingkatOf, type Wilayah } from '../../src/domain/wilayah.ts';
import { type Memory, memoryTools } from './memory-tools.ts';

/** The in-memory records with regions, releases and manifests of the test's own choice. */
export interface UiWorld {
  readonly memory: Memory;
  readonly tools: Toolbox;
  readonly releases: Release[];
  put(job: Job, steps: readonly JobStep[]): void;
}

export interface UiWorldOptions {
  /** Code and name, as `['52.01.14.2001', 'Meninting']`. */
  readonly regions: readonly (readonly [kode: string, nama: string])[];
  readonly manifests: readonly AppManifest[];
}

export function uiWorld({ regions, manifests }: UiWorldOptions): UiWorld {
  const memory = memoryTools(manifests);
  const releases: Release[] = [];
  const { apps } = memory.tools;
  const tools: Toolbox = {
    ...memory.tools,
    wilayah: wilayahOf(regions),
    releases: { ...memory.tools.releases, list: async (app) => releases.filter((one) => one.app === app) },
    apps: {
      ...apps,
      names: apps.names,
      entry: (name) => ({ ...apps.entry(name), repo: apps.entry(name).manifest.source.repo }),
      render: (template) => template,
      fileTemplate: () => '',
    },
  };
  return {
    memory,
    tools,
    releases,
    put(job, steps) {
      memory.jobs.set(job.id, job);
      memory.steps.set(job.id, [...steps]);
    },
  };
}

function wilayahOf(regions: UiWorldOptions['regions']): WilayahRecords {
  const all: readonly Wilayah[] = regions.map(([text, nama]) => {
    const kode = parseKodeWilayah(text);
    return { kode, nama, tingkat: tingkatOf(kode), induk: indukOf(kode) };
  });
  const byKode = new Map(all.map((one) => [one.kode, one]));
  const byInduk = Map.groupBy(all, ({ induk }) => induk);
  const isIn = (kode: KodeWilayah, within: KodeWilayah | null): boolean => within === null || kode.startsWith(within);
  return {
    find: async (kode) => byKode.get(kode) ?? null,
    children: async (induk) => byInduk.get(induk) ?? [],
    search: async (text, tingkat, within, limit) => {
      const wanted = text.toLowerCase();
      const matches = ({ nama, kode }: Wilayah): boolean =>
        nama.toLowerCase().includes(wanted) || kode.startsWith(wanted) || digitsOf(kode).startsWith(wanted);
      return all.filter((one) => one.tingkat === tingkat && isIn(one.kode, within) && matches(one)).slice(0, limit);
    },
  };
}
