import Type, { type Static } from 'typebox';
import { ALL_STATES, fingerprintOf, type Job, type JobEvent, type JobStep, mayCancel, mayRetry, WORKFLOW_NAMES } from '../domain/job.ts';
import type { Archive, TenantRow } from '../domain/ports-records.ts';
import { shownSettings } from '../domain/setting.ts';
import type { Installation, InstallationState } from '../domain/tenant.ts';
import type { Wilayah } from '../domain/wilayah.ts';

/** What leaves: the shape of every answer, and how it is made from the domain. */

export const Moment = Type.String({ format: 'date-time' });
export const Nothing = Type.Null({ description: 'Nothing.' });
export const Text = (maxLength: number) => Type.String({ minLength: 1, maxLength });
const orNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const momentOf = (date: Date | null): string | null => date?.toISOString() ?? null;

/** A page of rows. Give `next` back as `setelah`. */
export const PageOf = <T extends Type.TSchema>(row: T) => Type.Object({ rows: Type.Array(row), next: orNull(Type.String()) });

export const Limit = Type.Integer({ minimum: 1, maximum: 200, default: 50, description: 'Rows of one page.' });
export const After = Type.String({ minLength: 1, maxLength: 60, description: '`next` of the page before.' });
export const Id = Type.String({ pattern: '^[0-9A-Za-z]{1,40}$' });
export const Kode = Type.String({
  minLength: 2,
  maxLength: 20,
  description: 'Kode wilayah, with or without dots.',
  examples: ['52.01.14.2001'],
});
export const AppName = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,59}$', examples: ['opensid'] });
export const Tag = Type.Union([Type.String({ maxLength: 100 }), Type.Null()], { description: 'A release; null or left out: the newest.' });
export const Hours = Type.String({
  maxLength: 20,
  description: 'New desa begin in these hours only: `22:00-05:00`, in the zone of the kabupaten.',
});
export const Settings = Type.Record(Type.String({ maxLength: 60 }), Type.String({ maxLength: 4_000 }), { maxProperties: 50 });
export const Domain = Type.Union([Type.String({ maxLength: 200 }), Type.Null()], { description: 'Host name; null or "-": none yet.' });

const INSTALLATION_STATES = ['absent', 'installing', 'active', 'suspended', 'removing'] as const satisfies readonly InstallationState[];
export const InstallationStateName = Type.Enum(INSTALLATION_STATES);
export const JobStateName = Type.Enum(ALL_STATES);

export const InstallationView = Type.Object({
  id: Type.String(),
  app: Type.String(),
  state: InstallationStateName,
  tag: orNull(Type.String()),
  version: orNull(Type.String()),
  settings: Type.Record(Type.String(), Type.String()),
  url: orNull(Type.String()),
  updatedAt: Moment,
});

export function installationView({
  id,
  app,
  state,
  tag,
  version,
  settings,
  url,
  updatedAt,
}: Installation): Static<typeof InstallationView> {
  return { id, app, state, tag, version, settings: shownSettings(settings), url, updatedAt: updatedAt.toISOString() };
}

export const TenantView = Type.Object({
  kode: Type.String(),
  nama: Type.String(),
  kodeKecamatan: orNull(Type.String()),
  namaKecamatan: Type.String(),
  kodeKabupaten: Type.String(),
  namaKabupaten: Type.String(),
  kodeProvinsi: Type.String(),
  namaProvinsi: Type.String(),
  domain: orNull(Type.String()),
  createdAt: Moment,
  installations: Type.Array(InstallationView),
});

export function tenantView({ createdAt, installations, ...tenant }: TenantRow): Static<typeof TenantView> {
  const { kode, nama, kodeKecamatan, namaKecamatan, kodeKabupaten, namaKabupaten, kodeProvinsi, namaProvinsi, domain } = tenant;
  return {
    ...{ kode, nama, kodeKecamatan, namaKecamatan, kodeKabupaten, namaKabupaten, kodeProvinsi, namaProvinsi, domain },
    createdAt: createdAt.toISOString(),
    installations: installations.map(installationView),
  };
}

const CauseView = Type.Object({
  code: Type.String(),
  step: Type.String(),
  message: Type.String(),
  advice: Type.String(),
  fingerprint: Type.String({ description: 'Jobs with the same one failed for the same reason.' }),
});

export const JobView = Type.Object({
  id: Type.String(),
  workflow: Type.Enum([...WORKFLOW_NAMES]),
  installationId: Type.String(),
  kode: Type.String(),
  app: Type.String(),
  state: JobStateName,
  tag: orNull(Type.String()),
  requestedBy: Type.String(),
  attempt: Type.Integer(),
  committed: Type.Boolean({ description: 'True once nothing is undone any more.' }),
  cause: orNull(CauseView),
  cancelRequested: Type.Boolean(),
  mayRetry: Type.Boolean(),
  mayCancel: Type.Boolean(),
  createdAt: Moment,
  startedAt: orNull(Moment),
  endedAt: orNull(Moment),
});

export function jobView(job: Job): Static<typeof JobView> {
  const { id, workflow, installationId, kode, app, state, requestedBy, attempt, committed, cause, cancelRequested } = job;
  return {
    ...{ id, workflow, installationId, kode, app, state, requestedBy, attempt, committed, cancelRequested },
    tag: job.input.tag,
    cause: cause === null ? null : { ...cause, fingerprint: fingerprintOf(cause) },
    mayRetry: mayRetry(state),
    mayCancel: mayCancel(state) && !committed && !cancelRequested,
    createdAt: job.createdAt.toISOString(),
    startedAt: momentOf(job.startedAt),
    endedAt: momentOf(job.endedAt),
  };
}

export const StepView = Type.Object({
  position: Type.Integer(),
  name: Type.String(),
  label: Type.String(),
  state: Type.Enum(['pending', 'running', 'done', 'skipped', 'failed', 'undoing', 'undone', 'kept', 'undo-failed']),
  attempts: Type.Integer(),
  startedAt: orNull(Moment),
  endedAt: orNull(Moment),
});

export function stepView({ position, name, label, state, attempts, startedAt, endedAt }: JobStep): Static<typeof StepView> {
  return { position, name, label, state, attempts, startedAt: momentOf(startedAt), endedAt: momentOf(endedAt) };
}

export const EventView = Type.Object({
  id: Type.Integer(),
  position: orNull(Type.Integer()),
  at: Moment,
  kind: Type.Enum(['job', 'step', 'log']),
  text: Type.String({ description: 'For `job` and `step` the new state, for `log` the line.' }),
});

export function eventView({ id, position, at, kind, text }: JobEvent): Static<typeof EventView> {
  return { id, position, at: at.toISOString(), kind, text };
}

export const ArchiveView = Type.Object({
  id: Type.String(),
  installationId: Type.String(),
  kode: Type.String(),
  app: Type.String(),
  tag: Type.String(),
  bytes: Type.Integer(),
  verifiedAt: orNull(Moment),
  createdAt: Moment,
});

export function archiveView({ id, installationId, kode, app, tag, bytes, verifiedAt, createdAt }: Archive): Static<typeof ArchiveView> {
  return { id, installationId, kode, app, tag, bytes, verifiedAt: momentOf(verifiedAt), createdAt: createdAt.toISOString() };
}

export const WilayahView = Type.Object({
  kode: Type.String(),
  nama: Type.String(),
  tingkat: Type.Enum(['provinsi', 'kabupaten', 'kecamatan', 'desa']),
  induk: orNull(Type.String()),
});

export function wilayahView({ kode, nama, tingkat, induk }: Wilayah): Static<typeof WilayahView> {
  return { kode, nama, tingkat, induk };
}

/** A job that was asked for. `Location` leads to it. */
export const Accepted = Type.Object({ jobId: Type.String() });
