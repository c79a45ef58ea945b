import { pageDoors } from './api/doors.ts';
import { buildServer } from './api/server.ts';
import { readConfig } from './config.ts';
import { uiPlugin } from './ui/ui.ts';
import { wire } from './wiring.ts';

const config = readConfig(process.env);
const wired = await wire(config, 'web');
const { tools } = wired;

const app = await buildServer(tools, {
  jwtKey: wired.deriveKey('jwt'),
  secureCookies: config.http.behindHttps,
  pings: wired.pings,
  idempotency: wired.idempotency,
  metricsToken: config.metricsToken,
  trustProxy: config.http.behindHttps ? 'loopback, uniquelocal' : false,
  ui: async (scope, watched) => uiPlugin(scope, { tools: watched, zone: config.timeZone, ...pageDoors(scope) }),
});
const { host, port } = config.http;
await app.listen({ host, port });
tools.log.info({ host, port }, 'web ready');

async function stop(signal: NodeJS.Signals): Promise<void> {
  tools.log.info({ signal }, 'web stops');
  await app.close();
  await wired.close();
  process.exit(0);
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    stop(signal).catch((error: unknown) => {
      tools.log.error({ err: error }, 'web did not stop cleanly');
      process.exit(1);
    });
  });
}
