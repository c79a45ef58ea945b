import { pageDoors } from '../../src/api/doors.ts';
import { hashPassword } from '../../src/api/password.ts';
import { buildServer } from '../../src/api/server.ts';
import { ROLES, type Role } from '../../src/domain/access.ts';
import { parseKodeWilayah } from '../../src/domain/wilayah.ts';
import { uiPlugin } from '../../src/ui/ui.ts';
import { serverOptions } from './api-world.ts';
import { smallWorld } from './ui-site.ts';
import type { UiWorld } from './ui-world.ts';

export const PASSWORD = 'menanam padi di pagi hari';

/** Where each role holds on this site. */
const PLACES: Readonly<Record<Role, string | null>> = {
  superadmin: null,
  kabupaten: '52.01',
  operator: '52.01',
  kecamatan: '52.01.14',
  pembaca: '52.01',
};

export interface JourneySite {
  readonly url: string;
  readonly world: UiWorld;
  close(): Promise<void>;
}

/** The real web server over records in memory, with an account of every role, called as the role. */
export async function openJourneySite(world = smallWorld()): Promise<JourneySite> {
  const passwordHash = await hashPassword(PASSWORD);
  for (const role of ROLES) {
    const place = PLACES[role];
    const account = { id: `U-${role.toUpperCase()}`, username: role, name: `Nama ${role}`, role, passwordHash, mustChangePassword: false };
    await world.tools.users.create({ ...account, wilayah: place === null ? null : parseKodeWilayah(place) });
  }
  const clock = setInterval(() => {
    world.memory.now = new Date();
  }, 20);
  const app = await buildServer(world.tools, {
    ...serverOptions(),
    ui: async (scope, tools) => {
      await scope.register(uiPlugin, { ...pageDoors(scope), tools });
    },
    limits: { perMinute: 100_000, signInsPerMinute: 1_000, maxEventLoopDelayMs: 60_000 },
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    url,
    world,
    async close() {
      clearInterval(clock);
      await app.close();
    },
  };
}
