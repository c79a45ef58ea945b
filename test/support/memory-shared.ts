import type { Toolbox } from '../../src/domain/ports.ts';
import type { SharedManifest, SharedSource } from '../../src/domain/shared.ts';

export const SPLITS: SharedManifest = {
  ...{ identity: 'config', owner: 'config_id', kode: 'kode_desa', nama: 'nama_desa', key: 'app_key' },
  ...{ keyFile: { volume: 'desa', path: 'app_key' }, official: {}, through: [], left: [] },
};

/** A copy of a shared database with one desa in it. */
export function sharedIn(kode: string, app = 'contoh'): Pick<Toolbox, 'sharedSources' | 'sharedDatabases'> {
  const unused = async (): Promise<never> => {
    throw new Error('not in this world');
  };
  const desa = { configId: 4, kode: kode.replaceAll('.', ''), nama: 'Uji' };
  const source: SharedSource = {
    ...{ id: 'SUMBER', name: 'kabupaten', app, schema: 'test_sumber', kind: 'file', place: 'a.sql', urlRef: null },
    ...{ state: 'ready', finding: null, copiedAt: new Date(0), createdBy: 'uji' },
  };
  return {
    sharedSources: {
      create: async () => undefined,
      find: async (name) => (name === source.name ? source : null),
      list: async () => [source],
      save: async () => undefined,
      remove: async () => undefined,
    },
    sharedDatabases: {
      ...{ fetch: unused, load: unused, key: unused, split: unused },
      drop: async () => undefined,
      desa: async () => [desa],
      inspect: async () => ({ desa, tables: [], obstacles: [] }),
    },
  };
}
