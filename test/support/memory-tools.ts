import { createAuthenticator } from '../../src/adapters/authenticator.ts';
import { createCalendar } from '../../src/adapters/calendar.ts';
import { readCertificate } from '../../src/adapters/certificate-check.ts';
import { createIds, systemClock } from '../../src/adapters/clock.ts';
import { sheets } from '../../src/adapters/sheets.ts';
import { type Addresses, type DesaAddresses, NO_ADDRESSES } from '../../src/domain/address.ts';
import type { Backup } from '../../src/domain/backup.ts';
import { Conflict, NotFound } from '../../src/domain/errors.ts';
import { fingerprintOf, isActive, type Job, type JobEvent, type JobState, type JobStep } from '../../src/domain/job.ts';
import type { AppManifest } from '../../src/domain/manifest.ts';
import type { Toolbox } from '../../src/domain/ports.ts';
import type { Silence } from '../../src/domain/ports-health.ts';
import type { Jobs } from '../../src/domain/ports-jobs.ts';
import type { Audit } from '../../src/domain/ports-people.ts';
import type { Archive, Archives, Backups, Page, Route, TenantRow, Tenants, User, WilayahRecords } from '../../src/domain/ports-records.ts';
import type { AppCatalogue, Vault } from '../../src/domain/ports-world.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Installation } from '../../src/domain/tenant.ts';
import { indukOf, type KodeWilayah, parseKodeWilayah, scopeOf, tingkatOf, type Wilayah } from '../../src/domain/wilayah.ts';
import { MORE_FACTS } from './builders.ts';
import { careIn, drillsIn } from './memory-care.ts';
import { anIssuer, type CertificateMemory, certificatesIn, emptyCertificates } from './memory-certificates.ts';
import { COMBINED, combinedIn, SUMMARY } from './memory-combined.ts';
import { aMachine, machineDaysIn, preferencesIn } from './memory-people.ts';
import { emptyRollouts, type RolloutMemory, rolloutsIn, schedulesIn } from './memory-rollouts.ts';
import { SPLITS, sharedIn } from './memory-shared.ts';
import { auditIn, type MemoryFactor, type MemorySession, peopleIn } from './memory-sign-in.ts';

/** A port no test of these should reach: touching it fails the test by name. */
function untouched<T extends object>(port: string): T {
  const proxy: unknown = new Proxy(
    {},
    {
      get: (_target, key) => {
        throw new Error(`this test does not expect ${port}.${String(key)}`);
      },
    },
  );
  const isPort = (value: unknown): value is T => value === proxy;
  if (isPort(proxy)) return proxy;
  throw new Error('unreachable');
}

/** What the records hold, for tests to fill and to look at. */
export interface Memory {
  readonly tools: Toolbox;
  readonly tenants: Map<string, Omit<TenantRow, 'installations'>>;
  readonly addresses: Map<string, DesaAddresses>;
  readonly certified: CertificateMemory;
  readonly routes: Route[];
  readonly installations: Map<string, Installation>;
  readonly jobs: Map<string, Job>;
  readonly steps: Map<string, JobStep[]>;
  readonly events: JobEvent[];
  readonly archives: Map<string, Archive>;
  readonly backups: Map<string, Backup>;
  readonly rolling: RolloutMemory;
  readonly users: Map<string, User>;
  readonly sessions: MemorySession[];
  readonly factors: Map<string, MemoryFactor>;
  readonly policies: Map<string, string>;
  readonly silences: Silence[];
  readonly audit: Parameters<Audit['note']>[0][];
  readonly rung: string[];
  readonly logged: { level: string; message: string; fields: Readonly<Record<string, unknown>> }[];
  readonly secrets: Map<string, Secret>;
  /** References of secrets that somebody has seen. */
  readonly shown: Set<string>;
  /** Calls of `jobs.events`: how often the records are asked while people look on. */
  readonly asked: { events: number };
  now: Date;
  note(jobId: string, kind: JobEvent['kind'], text: string, position?: number | null): JobEvent;
  moveJob(id: string, state: JobState): void;
}

const REGIONS: readonly (readonly [kode: string, nama: string])[] = [
  ['52', 'Nusa Tenggara Barat'],
  ['52.01', 'Kabupaten Lombok Barat'],
  ['52.01.14', 'Batu Layar'],
  ['52.01.14.2001', 'Meninting'],
  ['52.01.14.2002', 'Senggigi'],
  ['52.01.14.2003', 'Batu Layar'],
  ['52.01.01', 'Gerung'],
  ['52.01.01.2001', 'Beleka'],
  ['52.01.01.2002', 'Gerung Utara'],
  ['52.02', 'Kabupaten Lombok Tengah'],
];

/** The part of the toolbox that HTTP touches, in memory and with the same promises as the real records. */
export function memoryTools(manifests: readonly AppManifest[]): Memory {
  const silence = (level: string) => (fields: Readonly<Record<string, unknown>>, message: string) => {
    memory.logged.push({ level, fields, message });
  };
  const memory: Omit<Memory, 'tools'> = {
    tenants: new Map(),
    addresses: new Map(),
    certified: emptyCertificates(),
    routes: [],
    installations: new Map(),
    jobs: new Map(),
    steps: new Map(),
    events: [],
    archives: new Map(),
    backups: new Map(),
    rolling: emptyRollouts(),
    users: new Map(),
    sessions: [],
    factors: new Map(),
    policies: new Map(),
    silences: [],
    audit: [],
    rung: [],
    logged: [],
    secrets: new Map(),
    shown: new Set(),
    asked: { events: 0 },
    now: new Date(),
    note(jobId, kind, text, position = null) {
      const event: JobEvent = { id: memory.events.length + 1, jobId, position, at: memory.now, kind, text };
      memory.events.push(event);
      return event;
    },
    moveJob(id, state) {
      const job = memory.jobs.get(id);
      if (job === undefined) throw new Error(`no job ${id}`);
      memory.jobs.set(id, { ...job, state, endedAt: isActive(state) ? null : memory.now });
      memory.note(id, 'job', state);
    },
  };
  const tools: Toolbox = {
    facts: { instance: 'test', baseDomain: 'localhost', publicScheme: 'http', publicPort: 8080, ...MORE_FACTS },
    tenants: tenantsIn(memory),
    addresses: addressesIn(memory),
    ...certificatesIn(
      memory.certified,
      (id) => memory.installations.get(id)?.kode,
      () => memory.installations.keys(),
    ),
    readCertificate,
    issuer: anIssuer,
    jobs: jobsIn(memory),
    ...peopleIn(memory),
    authenticator: createAuthenticator('Pendopo uji'),
    archives: archivesIn(memory),
    backups: backupsIn(memory),
    drills: drillsIn(memory.installations),
    courier: untouched('courier'),
    ...careIn(() => memory.now),
    rollouts: rolloutsIn(memory.rolling, () => memory.now),
    schedules: schedulesIn(memory.rolling, () => memory.now),
    calendar: createCalendar('Asia/Jakarta'),
    pool: untouched<Toolbox['pool']>('pool'),
    ...sharedIn('52.01.14.2001', manifests[0]?.name),
    silences: {
      watched: async () => [],
      list: async (within) => memory.silences.filter(({ kode }) => below(kode, within)),
      replace: async (found) => {
        memory.silences.splice(0, memory.silences.length, ...found.map((one) => ({ ...one, since: memory.now })));
      },
    },
    ...combinedIn(['52.01.14.2001', '52.01.01.2001'], () => memory.now, manifests[0]?.name),
    combined: {
      ...untouched<Toolbox['combined']>('combined'),
      ...{ schemaOf: ({ schema }) => `test_${schema}`, detach: async () => undefined, dropSlice: async () => undefined },
    },
    wilayah: wilayahIn(),
    apps: catalogueOf(manifests),
    vault: vaultIn(memory),
    releases: {
      ...untouched<Toolbox['releases']>('releases'),
      list: async (app) => ['v1.0.0', 'v1.2.0'].map((tag) => ({ app, tag, version: tag.slice(1), commit: '0'.repeat(40) })),
    },
    preferences: preferencesIn(),
    sheets,
    machine: aMachine,
    machineDays: machineDaysIn(),
    audit: auditIn(memory),
    queue: {
      async ring(jobId) {
        memory.rung.push(jobId);
      },
    },
    leases: untouched('leases'),
    locks: untouched('locks'),
    claims: { ...untouched<Toolbox['claims']>('claims'), of: async () => [] },
    routes: { ...untouched<Toolbox['routes']>('routes'), all: async () => memory.routes },
    sources: { ...untouched<Toolbox['sources']>('sources'), tags: async () => ['v1.0.0'], notes: async () => new Map() },
    containers: {
      ...untouched<Toolbox['containers']>('containers'),
      images: async () => [],
      memory: async () => ({ used: 48_300_000, limit: 134_217_728 }),
    },
    files: { ...untouched<Toolbox['files']>('files'), exists: async () => false, path: (key) => `/data/${key}` },
    databases: { ...untouched<Toolbox['databases']>('databases'), address: { host: 'localhost', port: 3306, socketFolder: '/soket' } },
    front: untouched('front'),
    http: untouched('http'),
    log: { debug: silence('debug'), info: silence('info'), warn: silence('warn'), error: silence('error') },
    clock: { ...systemClock, now: () => memory.now },
    ids: createIds(systemClock),
  };
  return Object.assign(memory, { tools });
}

function below(kode: string, within: KodeWilayah | null | undefined): boolean {
  return !within || kode.startsWith(within);
}

function pageOf<T>(rows: readonly T[], limit: number, keyOf: (row: T) => string): Page<T> {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: rows.length > limit && last !== undefined ? keyOf(last) : null };
}

function tenantsIn(memory: Omit<Memory, 'tools'>): Tenants {
  const installationsAt = (kode: string): Installation[] => [...memory.installations.values()].filter((one) => one.kode === kode);
  const rowOf = (tenant: Omit<TenantRow, 'installations'>): TenantRow => ({ ...tenant, installations: installationsAt(tenant.kode) });
  const matching: (filter: Parameters<Tenants['count']>[0]) => TenantRow[] = ({
    search,
    kodeKecamatan,
    scopes = ['desa'],
    app,
    state,
    within,
  }) =>
    [...memory.tenants.values()]
      .map(rowOf)
      .filter(({ kode }) => below(kode, within))
      .filter(({ nama, kode }) => search === undefined || nama.toLowerCase().includes(search.toLowerCase()) || kode.startsWith(search))
      .filter(({ kode }) => scopes.includes(scopeOf(kode)))
      .filter((row) => kodeKecamatan === undefined || row.kodeKecamatan === kodeKecamatan)
      .filter(
        (row) =>
          (app === undefined && state === undefined) ||
          row.installations.some(
            (one) => (app ?? one.app) === one.app && (state === undefined ? one.state !== 'absent' : state === one.state),
          ),
      )
      .sort((a, b) => a.kode.localeCompare(b.kode));
  return {
    async create(tenant) {
      if (memory.tenants.has(tenant.kode)) throw new Conflict('desa-sudah-ada', `Desa ${tenant.nama} (${tenant.kode}) sudah terdaftar.`);
      memory.tenants.set(tenant.kode, { ...tenant, createdAt: memory.now });
    },
    async find(kode) {
      const tenant = memory.tenants.get(kode);
      return tenant === undefined ? null : rowOf(tenant);
    },
    list: async ({ after, limit, ...filter }) =>
      pageOf(
        matching(filter).filter(({ kode }) => after === undefined || kode > after),
        limit,
        ({ kode }) => kode,
      ),
    count: async (filter) => matching(filter).length,
    findAll: async (kodes) => matching({}).filter(({ kode }) => kodes.includes(kode)),
    async kecamatan(within) {
      const groups = Map.groupBy(matching({ within }), ({ kodeKecamatan }) => kodeKecamatan);
      return [...groups]
        .flatMap(([kode, rows]) => (kode === null ? [] : [{ kode, nama: rows[0]?.namaKecamatan ?? kode, desa: rows.length }]))
        .sort((a, b) => a.nama.localeCompare(b.nama));
    },
    installation: async (id) => memory.installations.get(id) ?? null,
    running: async (within) =>
      matching({ within }).flatMap(({ nama, installations }) =>
        installations.flatMap(({ id, kode, app, tag, state }) =>
          state === 'active' && tag !== null ? [{ id, kode, nama, app, tag }] : [],
        ),
      ),
    versions: async (within) => [
      ...new Set(
        matching({ within }).flatMap(({ installations }) =>
          installations.flatMap(({ state, version }) => (state === 'active' && version !== null ? [version] : [])),
        ),
      ),
    ],
    async ensureInstallation(kode, app, id) {
      const found = installationsAt(kode).find((one) => one.app === app);
      const made: Installation = {
        id,
        kode,
        app,
        state: 'absent',
        tag: null,
        version: null,
        settings: {},
        url: null,
        updatedAt: memory.now,
      };
      if (found === undefined) memory.installations.set(id, made);
      return found ?? made;
    },
    async saveInstallation(id, change) {
      const found = memory.installations.get(id);
      if (found !== undefined) memory.installations.set(id, { ...found, ...change, updatedAt: memory.now });
    },
  };
}

function addressesIn(memory: Omit<Memory, 'tools'>): Addresses {
  return {
    async of(kode) {
      const tenant = memory.tenants.get(kode);
      return { ...NO_ADDRESSES, ...memory.addresses.get(kode), domain: tenant?.domain ?? null };
    },
    async ownerOf(host) {
      const given = [...memory.tenants.values()].find(({ domain }) => domain === host)?.kode;
      return given ?? null;
    },
    async save(kode, addresses) {
      const tenant = memory.tenants.get(kode);
      if (tenant !== undefined) memory.tenants.set(kode, { ...tenant, domain: addresses.domain });
      memory.addresses.set(kode, addresses);
    },
  };
}

function jobsIn(memory: Omit<Memory, 'tools'>): Jobs {
  const newestFirst = (): Job[] => [...memory.jobs.values()].sort((a, b) => b.id.localeCompare(a.id));
  return {
    ...untouched<Jobs>('jobs'),
    async create({ priority: _priority, ...job }) {
      if (newestFirst().some((other) => other.installationId === job.installationId && isActive(other.state))) {
        throw new Conflict('masih-ada-pekerjaan', 'Masih ada pekerjaan yang berjalan untuk aplikasi ini di desa ini.');
      }
      const fresh = {
        attempt: 1,
        committed: false,
        cause: null,
        cancelRequested: false,
        createdAt: memory.now,
        startedAt: null,
        endedAt: null,
      };
      memory.jobs.set(job.id, { ...job, ...fresh, state: 'queued' });
      memory.note(job.id, 'job', 'queued');
    },
    find: async (id) => memory.jobs.get(id) ?? null,
    newestEvent: async () => memory.events.at(-1)?.id ?? 0,
    async list({ kode, state, app, since, fingerprint, within, after, limit }) {
      const rows = newestFirst()
        .filter((job) => below(job.kode, within))
        .filter((job) => kode === undefined || job.kode === kode)
        .filter((job) => state === undefined || state.includes(job.state))
        .filter((job) => (app === undefined || job.app === app) && (since === undefined || job.createdAt >= since))
        .filter((job) => fingerprint === undefined || (job.cause !== null && fingerprintOf(job.cause) === fingerprint))
        .filter((job) => after === undefined || job.id < after);
      return pageOf(rows, limit, ({ id }) => id);
    },
    async latestOf(kodes) {
      const oldestFirst = newestFirst().reverse();
      return new Map(oldestFirst.filter(({ kode }) => kodes.includes(kode)).map((job) => [job.kode, job]));
    },
    newestStates: async (within) =>
      new Map(
        newestFirst()
          .reverse()
          .filter(({ kode }) => below(kode, within))
          .map((job) => [job.kode, job]),
      ),
    async countOpen(within) {
      const open = [...memory.jobs.values()].filter(({ kode }) => below(kode, within));
      const of = (state: JobState): number => open.filter((job) => job.state === state).length;
      return { queued: of('queued'), running: of('running'), interrupted: of('interrupted'), undoing: of('undoing'), stuck: of('stuck') };
    },
    async countByState(within) {
      const counts: Record<JobState, number> = { queued: 0, running: 0, interrupted: 0, undoing: 0, succeeded: 0, undone: 0, stuck: 0 };
      for (const job of memory.jobs.values()) if (below(job.kode, within)) counts[job.state] += 1;
      return counts;
    },
    async failuresByCause(within) {
      const found = new Map<string, { fingerprint: string; message: string; count: number }>();
      for (const { kode, cause, state } of memory.jobs.values()) {
        if (cause === null || isActive(state) || !below(kode, within)) continue;
        const fingerprint = fingerprintOf(cause);
        found.set(fingerprint, { fingerprint, message: cause.message, count: (found.get(fingerprint)?.count ?? 0) + 1 });
      }
      return [...found.values()];
    },
    plan: async () => null,
    steps: async (id) => memory.steps.get(id) ?? [],
    async events(id, after, limit, search) {
      memory.asked.events += 1;
      const isMeant = ({ kind, text }: JobEvent): boolean =>
        search === undefined || (kind === 'log' && text.toLowerCase().includes(search.toLowerCase()));
      return memory.events.filter((event) => event.jobId === id && event.id > after && isMeant(event)).slice(0, limit);
    },
    async active() {
      const begun = ({ state }: Job): number => (state === 'queued' ? 1 : 0);
      const jobs = [...memory.jobs.values()]
        .filter(({ state }) => isActive(state))
        .sort((a, b) => begun(a) - begun(b) || a.id.localeCompare(b.id));
      return {
        jobs: jobs.map((job) => ({ ...job, priority: 0, isHeld: job.state === 'running' || job.state === 'undoing', outside: null })),
        movedAt: memory.events.at(-1)?.at ?? null,
      };
    },
    async requeue(id) {
      const job = memory.jobs.get(id);
      if (job === undefined || (job.state !== 'undone' && job.state !== 'stuck')) return false;
      memory.jobs.set(id, { ...job, state: 'queued', attempt: job.attempt + 1, cause: null, endedAt: null });
      memory.note(id, 'job', 'queued');
      return true;
    },
    async requestCancel(id) {
      const job = memory.jobs.get(id);
      if (job === undefined || job.committed) return false;
      memory.jobs.set(id, { ...job, cancelRequested: true });
      return true;
    },
    async nextOf(kode) {
      const job = newestFirst().findLast((one) => one.kode === kode && isActive(one.state));
      return job === undefined ? null : { id: job.id, epoch: 0 };
    },
  };
}

function archivesIn(memory: Omit<Memory, 'tools'>): Archives {
  return {
    ...untouched<Archives>('archives'),
    find: async (id) => memory.archives.get(id) ?? null,
    list: async ({ kode, within, limit }) =>
      [...memory.archives.values()].filter((one) => below(one.kode, within) && (kode === undefined || one.kode === kode)).slice(0, limit),
  };
}

function backupsIn(memory: Omit<Memory, 'tools'>): Backups {
  const newestFirst = (): Backup[] => [...memory.backups.values()].sort((a, b) => b.id.localeCompare(a.id));
  return {
    ...untouched<Backups>('backups'),
    find: async (id) => memory.backups.get(id) ?? null,
    list: async ({ kode, installationId, within, limit }) =>
      newestFirst()
        .filter((one) => below(one.kode, within) && (kode === undefined || one.kode === kode))
        .filter((one) => installationId === undefined || one.installationId === installationId)
        .slice(0, limit),
    ages: async (within) =>
      [...memory.installations.values()]
        .filter(({ state, kode }) => state === 'active' && below(kode, within))
        .map(({ id, kode }) => ({ kode, newest: newestFirst().find((one) => one.installationId === id)?.createdAt ?? null })),
    latestOf: async (ids) =>
      new Map(
        newestFirst()
          .reverse()
          .filter(({ installationId }) => ids.includes(installationId))
          .map((one) => [one.installationId, one]),
      ),
  };
}

function wilayahIn(): WilayahRecords {
  const rows: Wilayah[] = REGIONS.map(([text, nama]) => {
    const kode = parseKodeWilayah(text);
    return { kode, nama, tingkat: tingkatOf(kode), induk: indukOf(kode) };
  });
  return {
    find: async (kode) => rows.find((row) => row.kode === kode) ?? null,
    children: async (induk) => rows.filter((row) => row.induk === induk),
    search: async (text, tingkat, within, limit) =>
      rows
        .filter((row) => row.tingkat === tingkat && below(row.kode, within) && row.nama.toLowerCase().includes(text.toLowerCase()))
        .slice(0, limit),
  };
}

function catalogueOf(manifests: readonly AppManifest[]): AppCatalogue {
  return {
    ...untouched<AppCatalogue>('apps'),
    names: () => manifests.map(({ name }) => name),
    entry(name) {
      const manifest = manifests.find((one) => one.name === name);
      if (manifest === undefined) throw new NotFound('aplikasi-tidak-ada', `Aplikasi "${name}" tidak dikenal.`);
      return {
        manifest,
        runtime: { name: manifest.runtime, base: 'bookworm', packages: [], serve: [] },
        digest: 'd',
        runtimeDigest: 'r',
        runtimeFolders: ['/r'],
        imageFolders: ['/i'],
        repo: 'bundled:',
        channels: new Map(),
        combined: COMBINED,
        summary: SUMMARY,
        splits: SPLITS,
      };
    },
  };
}

function vaultIn(memory: Omit<Memory, 'tools'>): Vault {
  return {
    ...untouched<Vault>('vault'),
    make: () => new Secret('rahasia-buatan-uji-27'),
    exists: async (ref) => memory.secrets.has(ref),
    async ensure(ref) {
      if (!memory.secrets.has(ref)) memory.secrets.set(ref, new Secret(`Sandi-${memory.secrets.size}-${ref.slice(-4)}`));
    },
    async put(ref, value) {
      memory.secrets.set(ref, value);
    },
    async read(ref) {
      const secret = memory.secrets.get(ref);
      if (secret === undefined) throw new NotFound('rahasia-tidak-ada', 'Rahasia yang diminta tidak ada di brankas.');
      return secret;
    },
    async remove(ref) {
      memory.secrets.delete(ref);
    },
    async reveal(ref) {
      const secret = memory.shown.has(ref) ? null : (memory.secrets.get(ref) ?? null);
      memory.shown.add(ref);
      return secret;
    },
  };
}
