import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type, { type Static } from 'typebox';
import type { Backup } from '../domain/backup.ts';
import type { DrillAge } from '../domain/drill.ts';
import { Invalid } from '../domain/errors.ts';
import type { Toolbox } from '../domain/ports.ts';
import { type KodeTenant, parseKodeTenant, repeatsKode } from '../domain/wilayah.ts';
import { requestBackup, requestDrill, requestRestore, requestRollback, requestUpdate } from '../workflows/commands/change.ts';
import { overviewDrills } from '../workflows/drills.ts';
import { sendAccepted } from './accepted.ts';
import { Accepted, AppName, Id, Kode, Limit, Moment, Tag, Text } from './views.ts';
import { seeBackup, seeTenant } from './visible.ts';

const tags = ['Pembaruan dan cadangan'];
const Place = Type.Object({ kode: Kode, app: AppName });
const Confirm = Type.Object({ confirm: Text(20) }, { additionalProperties: false });

export const BackupView = Type.Object({
  id: Type.String(),
  installationId: Type.String(),
  kode: Type.String(),
  app: Type.String(),
  tag: Type.String(),
  version: Type.String(),
  reason: Type.Enum(['scheduled', 'by-hand', 'before-update', 'before-rollback', 'before-restore']),
  bytes: Type.Integer(),
  rows: Type.Integer(),
  verifiedAt: Moment,
  provenAt: Type.Union([Moment, Type.Null()], { description: 'The last time a drill restored it again.' }),
  createdAt: Moment,
});

export function backupView({ nextTag: _nextTag, verifiedAt, provenAt, createdAt, ...rest }: Backup): Static<typeof BackupView> {
  return {
    ...rest,
    verifiedAt: verifiedAt.toISOString(),
    provenAt: provenAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  };
}

const DrillAgeView = Type.Object({
  kode: Type.String(),
  app: Type.String(),
  provenAt: Type.Union([Moment, Type.Null()], { description: 'null: only when its backups were made.' }),
});

export function drillAgeView({ kode, app, provenAt }: DrillAge): Static<typeof DrillAgeView> {
  return { kode, app, provenAt: provenAt?.toISOString() ?? null };
}

export const backupRoutes: FastifyPluginAsyncTypebox<{ tools: Toolbox }> = async (app, { tools }) => {
  app.post(
    '/desa/:kode/aplikasi/:app/perbarui',
    {
      schema: {
        tags,
        operationId: 'updateApp',
        summary: 'Update an app at a desa',
        description: 'Returns by itself, with all data, when anything is wrong.',
        params: Place,
        body: Type.Optional(Type.Object({ tag: Type.Optional(Tag) }, { additionalProperties: false })),
        response: { 202: Accepted },
      },
    },
    async ({ params, body, actor }, reply) => {
      const { kode } = await seeTenant(tools, actor, params.kode);
      return sendAccepted(reply, await requestUpdate(tools, actor, { kode, app: params.app, tag: body?.tag ?? null }));
    },
  );

  app.post(
    '/desa/:kode/aplikasi/:app/mundur-versi',
    {
      schema: {
        tags,
        operationId: 'rollbackApp',
        summary: 'Back to release and data of before the last update',
        description: 'The state of now is backed up first. `confirm` must repeat the kode of the desa.',
        params: Place,
        body: Confirm,
        response: { 202: Accepted },
      },
    },
    async ({ params, body, actor }, reply) => {
      const { kode } = await seeTenant(tools, actor, params.kode);
      requireConfirmed(kode, body.confirm);
      return sendAccepted(reply, await requestRollback(tools, actor, { kode, app: params.app }));
    },
  );

  app.post(
    '/desa/:kode/aplikasi/:app/cadangkan',
    { schema: { tags, operationId: 'backUpApp', summary: 'Back an app up now', params: Place, response: { 202: Accepted } } },
    async ({ params, actor }, reply) => {
      const { kode } = await seeTenant(tools, actor, params.kode);
      return sendAccepted(reply, await requestBackup(tools, actor, { kode, app: params.app }));
    },
  );

  app.get(
    '/cadangan',
    {
      schema: {
        tags,
        operationId: 'listBackups',
        summary: 'Proven backups, newest first',
        querystring: Type.Object({ desa: Type.Optional(Kode), jumlah: Limit }, { additionalProperties: false }),
        response: { 200: Type.Object({ rows: Type.Array(BackupView) }) },
      },
    },
    async ({ query, actor }) => {
      const kode = query.desa === undefined ? {} : { kode: parseKodeTenant(query.desa) };
      return { rows: (await tools.backups.list({ ...kode, within: actor.wilayah, limit: query.jumlah })).map(backupView) };
    },
  );

  app.get(
    '/cadangan/giliran',
    {
      schema: {
        tags,
        operationId: 'listDrillAges',
        summary: 'When a restore of each active app was last proven',
        description:
          'Those that never were, or longest ago, first. Every night the newest backup of those whose turn is longest ago is restored into a scratch schema and compared.',
        response: { 200: Type.Object({ rows: Type.Array(DrillAgeView) }) },
      },
    },
    async ({ actor }) => ({ rows: (await overviewDrills(tools, actor, null, Number.POSITIVE_INFINITY)).oldest.map(drillAgeView) }),
  );

  app.post(
    '/cadangan/:id/pulihkan',
    {
      schema: {
        tags,
        operationId: 'restoreBackup',
        summary: "Put a backup's release and data in place of those of now",
        description: 'The state of now is backed up first. `confirm` must repeat the kode of the desa.',
        params: Type.Object({ id: Id }),
        body: Confirm,
        response: { 202: Accepted },
      },
    },
    async ({ params, body, actor }, reply) => {
      const { id, kode } = await seeBackup(tools, actor, params.id);
      requireConfirmed(kode, body.confirm);
      return sendAccepted(reply, await requestRestore(tools, actor, { backupId: id }));
    },
  );

  app.post(
    '/cadangan/:id/uji',
    {
      schema: {
        tags,
        operationId: 'drillBackup',
        summary: 'Restore a backup into a scratch schema once more and compare',
        params: Type.Object({ id: Id }),
        response: { 202: Accepted },
      },
    },
    async ({ params, actor }, reply) => {
      const { id } = await seeBackup(tools, actor, params.id);
      return sendAccepted(reply, await requestDrill(tools, actor, { backupId: id }));
    },
  );
};

function requireConfirmed(kode: KodeTenant, confirm: string): void {
  if (repeatsKode(confirm, kode)) return;
  throw new Invalid('konfirmasi-salah', `Ketik kode desa ${kode} untuk membenarkan.`, { field: 'confirm' });
}
