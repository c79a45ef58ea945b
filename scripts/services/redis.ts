import { join } from 'node:path';
import { accountFor, giveFolder } from './account.ts';
import { answers } from './answers.ts';
import { type KeepOptions, type Kept, keepRunning } from './keep.ts';

export interface RedisOptions extends Pick<KeepOptions, 'ledger' | 'tell'> {
  readonly dataFolder: string;
  readonly logFolder: string;
}

/** Starts a private Redis in the data folder, on a socket only. Jobs wait in it, so it never evicts and writes all down. */
export function startRedis(options: RedisOptions): Promise<Kept> {
  const { dataFolder, logFolder } = options;
  const folder = join(dataFolder, 'redis');
  const socket = redisSocket(dataFolder);
  const account = accountFor('redis', dataFolder);
  giveFolder(folder, 0o750, account);
  giveFolder(join(dataFolder, 'redis-run'), 0o750, account);
  return keepRunning(
    {
      name: 'redis',
      command: [
        'redis-server',
        ...['--dir', folder],
        ...['--port', '0'],
        ...['--unixsocket', socket],
        ...['--unixsocketperm', '600'],
        ...['--appendonly', 'yes'],
        ...['--appendfsync', 'everysec'],
        ...['--save', ''],
        ...['--maxmemory-policy', 'noeviction'],
      ],
      logFile: join(logFolder, 'redis.log'),
      account,
      env: process.env,
    },
    // While it still loads its file it answers -LOADING.
    { ...options, isReady: () => answers(socket, '+PONG', 'PING\r\n'), readyMs: 60_000, graceMs: 5_000 },
  );
}

function redisSocket(dataFolder: string): string {
  return join(dataFolder, 'redis-run', 'redis.sock');
}
