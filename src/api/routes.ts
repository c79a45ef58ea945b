import type { FastifyPluginAsync } from 'fastify';
import type { Toolbox } from '../domain/ports.ts';
import { addressRoutes } from './addresses.ts';
import { appRoutes } from './apps.ts';
import { archiveRoutes } from './archives.ts';
import { backupFileRoutes } from './backup-files.ts';
import { backupRoutes } from './backups.ts';
import { bulkInstallRoutes } from './bulk-install.ts';
import { certificateOrderRoutes } from './certificate-orders.ts';
import { certificateRoutes } from './certificates.ts';
import { combinedRoutes } from './combined.ts';
import { combinedDownloadRoutes } from './combined-download.ts';
import { type FleetStreamLimits, fleetStreamRoutes } from './fleet-stream.ts';
import { type IdempotencyStore, registerIdempotency } from './idempotency.ts';
import { installationRoutes } from './installations.ts';
import { jobStreamRoutes } from './job-stream.ts';
import { jobRoutes } from './jobs.ts';
import { moveRoutes } from './move.ts';
import { noticeRoutes } from './notices.ts';
import { offsiteRoutes } from './offsite.ts';
import { ownSecurityRoutes } from './own-security.ts';
import { peopleSecurityRoutes } from './people-security.ts';
import { readerRoutes } from './readers.ts';
import { rehearsalRoutes } from './rehearsals.ts';
import { releaseRoutes } from './releases.ts';
import { rolloutRoutes } from './rollouts.ts';
import { scheduleRoutes } from './schedules.ts';
import type { Sessions } from './sessions.ts';
import { settingRoutes } from './settings.ts';
import { accountRoutes, openSignInRoutes } from './sign-in.ts';
import { suspendRoutes } from './suspend.ts';
import { tenantRoutes } from './tenants.ts';
import { wilayahRoutes } from './wilayah.ts';

export interface ApiOptions {
  readonly tools: Toolbox;
  readonly sessions: Sessions;
  readonly idempotency: IdempotencyStore;
  readonly streams: FleetStreamLimits;
}

/** Everything below /api/v1. */
export const apiRoutes: FastifyPluginAsync<ApiOptions> = async (app, { tools, sessions, idempotency, streams }) => {
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
  });
  await app.register(openSignInRoutes, { sessions });
  await app.register(async (closed) => {
    // After the rate limit (onRequest), before the body is read.
    closed.addHook('preParsing', closed.authenticate);
    closed.addHook('preValidation', closed.requireCsrf);
    closed.addHook('preValidation', async (request) => {
      // A POST without a body wishes nothing special; the field of the CSRF token was for us.
      if (request.method === 'POST') request.body ??= {};
      const { body } = request;
      if (typeof body === 'object' && body !== null && '_csrf' in body) delete body._csrf;
    });
    registerIdempotency(closed, idempotency, tools.log);
    await closed.register(accountRoutes, { sessions });
    await closed.register(ownSecurityRoutes, { tools, sessions });
    await closed.register(peopleSecurityRoutes, { tools });
    await closed.register(wilayahRoutes, { tools });
    await closed.register(appRoutes, { tools });
    await closed.register(tenantRoutes, { tools });
    await closed.register(addressRoutes, { tools });
    await closed.register(certificateRoutes, { tools });
    await closed.register(certificateOrderRoutes, { tools });
    await closed.register(installationRoutes, { tools });
    await closed.register(settingRoutes, { tools });
    await closed.register(suspendRoutes, { tools });
    await closed.register(bulkInstallRoutes, { tools });
    await closed.register(jobRoutes, { tools });
    await closed.register(jobStreamRoutes, { tools });
    await closed.register(fleetStreamRoutes, { tools, limits: streams });
    await closed.register(combinedRoutes, { tools });
    await closed.register(combinedDownloadRoutes, { tools });
    await closed.register(readerRoutes, { tools });
    await closed.register(moveRoutes, { tools });
    await closed.register(archiveRoutes, { tools });
    await closed.register(backupRoutes, { tools });
    await closed.register(backupFileRoutes, { tools });
    await closed.register(offsiteRoutes, { tools });
    await closed.register(noticeRoutes, { tools });
    await closed.register(releaseRoutes, { tools });
    await closed.register(rolloutRoutes, { tools });
    await closed.register(rehearsalRoutes, { tools });
    await closed.register(scheduleRoutes, { tools });
  });
};
