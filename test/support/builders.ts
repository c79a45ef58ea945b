import type { Actor } from '../../src/domain/access.ts';
import type { AppManifest, SettingManifest } from '../../src/domain/manifest.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { parseKodeDesa, parseKodeWilayah } from '../../src/domain/wilayah.ts';

/** The rest of a place that speaks http on port 8080. */
export const MORE_FACTS = { publicTlsPort: 8443, publicHost: 'server.test', reservedHosts: ['server.test'], databaseOverNetwork: false };

export function anActor(changes: Partial<Actor> = {}): Actor {
  return { id: 'U1', username: 'admin', role: 'superadmin', wilayah: null, ...changes };
}

export function aManifest(changes: Partial<AppManifest> = {}): AppManifest {
  return {
    name: 'contoh',
    title: 'Contoh',
    description: 'Aplikasi contoh.',
    scope: 'desa',
    sample: true,
    mount: '/',
    source: { repo: 'bundled:', tags: '^v(\\d+)\\.(\\d+)\\.(\\d+)$', version: null },
    runtime: 'php8.2',
    image: { code: '/var/www/html', directories: [] },
    volumes: [{ name: 'desa', path: '/var/www/html/desa', keep: true, cache: false }],
    database: { charset: 'utf8mb4', collation: 'utf8mb4_unicode_ci', privileges: ['SELECT'] },
    secrets: [],
    settings: [aSetting({ name: 'gangguan', label: 'Gangguan', options: ['tidak-ada', 'lambat'], default: 'tidak-ada' })],
    files: [],
    commands: { seed: null, identify: null, migrate: null, status: null },
    probes: [],
    conserve: [],
    limits: { memoryMb: 128, cpus: 1, pids: 50, startSeconds: 10 },
    egress: 'none',
    ...changes,
  };
}

export function aSetting(changes: Partial<SettingManifest> = {}): SettingManifest {
  return { name: 'tema', label: 'Tema', kind: 'choice', options: ['a'], default: 'a', group: 'aplikasi', ...changes };
}

export function aPlan(changes: Partial<Plan> = {}): Plan {
  return {
    workflow: 'install',
    installationId: 'INSTALLATION',
    tenant: {
      kode: parseKodeDesa('52.01.14.2001'),
      nama: 'Batulayar',
      kodeKecamatan: parseKodeWilayah('52.01.14'),
      namaKecamatan: 'Batu Layar',
      kodeKabupaten: parseKodeWilayah('52.01'),
      namaKabupaten: 'Kabupaten Lombok Barat',
      kodeProvinsi: parseKodeWilayah('52'),
      namaProvinsi: 'Nusa Tenggara Barat',
    },
    manifest: aManifest(),
    release: { app: 'contoh', tag: 'v1.0.0', version: '1.0.0', commit: '0'.repeat(40), runtimeImage: 'r', image: 'i', template: 't' },
    names: {
      schema: 's',
      databaseUser: 's',
      container: 'c',
      network: null,
      folder: 'desa/5201142001/contoh',
      runFolder: 'run/5201142001-contoh',
    },
    address: { host: '5201142001.localhost', path: '/', url: 'http://5201142001.localhost:8080/' },
    settings: {},
    origin: { kind: 'template' },
    archiveId: 'ARCHIVE',
    ...changes,
  };
}
