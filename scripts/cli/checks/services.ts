import { ask, connectDocker } from '../../../src/adapters/docker-engine.ts';
import { explain, PendopoError } from '../../../src/domain/errors.ts';
import { redisVersion, requireRecords } from '../reach.ts';
import type { Place } from '../session.ts';
import { type Check, fine, wrong } from './finding.ts';

const PATIENCE_MS = 10_000;

/** What Pendopo needs from others: MariaDB, Redis, Docker. */
export function serviceChecks(place: Place): readonly Check[] {
  const { config, ownDatabase } = place;
  const start = `Jalankan \`npm start\` di ${process.cwd()}.`;
  return [
    {
      name: 'database',
      label: 'Basis data',
      async run() {
        try {
          return fine(`MariaDB ${await requireRecords(place)}`);
        } catch (error) {
          return wrong(explain(error), (error instanceof PendopoError ? error.advice : null) ?? start);
        }
      },
    },
    {
      name: 'redis',
      label: 'Redis',
      async run() {
        const version = await redisVersion(config.redisUrl);
        if (version !== null) return fine(`Redis ${version}`);
        return wrong('tidak menjawab: pekerjaan tercatat, tetapi tidak dimulai', ownDatabase ? start : 'Jalankan server di REDIS_URL.');
      },
    },
    {
      name: 'docker',
      label: 'Docker',
      async run() {
        try {
          const { Version } = await ask('menanyakan versi', () => connectDocker(config.dockerHost).version(), PATIENCE_MS);
          return fine(`Docker ${Version} di ${config.dockerHost}`);
        } catch (error) {
          return wrong(explain(error), 'Jalankan: systemctl start docker. Sebabnya: journalctl -u docker -n 50.');
        }
      },
    },
  ];
}
