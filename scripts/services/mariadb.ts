import { execFile } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Broken } from '../../src/domain/errors.ts';
import { type Account, accountFor, giveFolder } from './account.ts';
import { answers } from './answers.ts';
import { type KeepOptions, type Kept, keepRunning } from './keep.ts';

const run = promisify(execFile);

export interface MariadbOptions extends Pick<KeepOptions, 'ledger' | 'tell'> {
  readonly dataFolder: string;
  readonly logFolder: string;
  /** MariaDB's main cache, like `128M` or `4G`. */
  readonly bufferPool: string;
}

/**
 * Starts a private MariaDB in the data folder, made at the first start. It listens on one socket only, in a folder that holds
 * nothing else because desa containers mount it; that folder is never made anew while containers have it.
 */
export async function startMariadb(options: MariadbOptions): Promise<Kept> {
  const { dataFolder, logFolder, bufferPool } = options;
  const datadir = join(dataFolder, 'mysql');
  const socket = mariadbSocket(dataFolder);
  const account = accountFor('mysql', dataFolder);
  giveFolder(join(dataFolder, 'mysql-run'), 0o755, account);
  chmodSync(join(dataFolder, 'mysql-run'), 0o755);
  // Temporary tables get their names by counting, so two servers must not share a folder for them.
  const tmpdir = join(dataFolder, 'mysql-tmp');
  giveFolder(tmpdir, 0o750, account);
  if (!existsSync(join(datadir, 'mysql'))) await makeDatadir(datadir, tmpdir, account, options.tell);
  giveFolder(datadir, 0o750, account);

  const kept = await keepRunning(
    {
      name: 'mariadb',
      command: ['mariadbd', '--no-defaults', ...asRoot(account), ...settings(datadir, socket, bufferPool), `--tmpdir=${tmpdir}`],
      logFile: join(logFolder, 'mariadb.log'),
      account,
      env: process.env,
    },
    { ...options, isReady: () => answers(socket, 'MariaDB'), readyMs: 120_000, graceMs: 10_000 },
  );
  await upgradeTables(dataFolder, socket, options.tell);
  return kept;
}

/** MariaDB wants to hear it when it is to stay root. */
function asRoot(account: Account | null): readonly string[] {
  return account === null && process.getuid?.() === 0 ? ['--user=root'] : [];
}

function mariadbSocket(dataFolder: string): string {
  return join(dataFolder, 'mysql-run', 'mysqld.sock');
}

/** Fits hundreds of schemas with hundreds of tables each, most of them asleep. */
function settings(datadir: string, socket: string, bufferPool: string): readonly string[] {
  return [
    `--datadir=${datadir}`,
    `--socket=${socket}`,
    `--pid-file=${join(datadir, 'mariadbd.pid')}`,
    '--skip-networking',
    '--skip-name-resolve',
    '--character-set-server=utf8mb4',
    '--collation-server=utf8mb4_unicode_ci',
    `--innodb-buffer-pool-size=${bufferPool}`,
    // What was committed survives a power failure: these are the records of a village.
    '--innodb-flush-log-at-trx-commit=1',
    '--innodb-flush-neighbors=0',
    '--aria-pagecache-buffer-size=32M',
    '--key-buffer-size=16M',
    '--max-connections=500',
    '--max-allowed-packet=64M',
    '--table-open-cache=4000',
    '--table-definition-cache=8000',
    `--open-files-limit=${Math.min(openFilesLimit(), 65_536)}`,
    '--performance-schema=OFF',
    '--skip-log-bin',
    // No client is asked for its files.
    '--local-infile=0',
    // Level 2 writes a line for every connection that ends without saying goodbye.
    '--log-warnings=1',
  ];
}

/** Under another name until it is complete, so that an interrupted first start leaves nothing half-made. */
async function makeDatadir(datadir: string, tmpdir: string, account: Account | null, tell: (text: string) => void): Promise<void> {
  tell('Membuat basis data baru …');
  const unfinished = `${datadir}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  giveFolder(unfinished, 0o750, account);
  const words = [
    '--no-defaults',
    ...(account === null ? asRoot(null) : [`--user=${account.name}`]),
    `--datadir=${unfinished}`,
    '--auth-root-authentication-method=socket',
    '--skip-test-db',
  ];
  await runProgram('mariadb-install-db', words, { ...process.env, TMPDIR: tmpdir });
  renameSync(unfinished, datadir);
}

/** After Debian brought a new MariaDB, its system tables are brought to its version once. */
async function upgradeTables(dataFolder: string, socket: string, tell: (text: string) => void): Promise<void> {
  const stamp = join(dataFolder, 'mysql.version');
  const { stdout } = await run('mariadbd', ['--no-defaults', '--version']);
  const version = /Ver (\d+\.\d+)/.exec(stdout)?.[1] ?? 'unknown';
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') !== version) {
    tell(`MariaDB sekarang versi ${version}: memeriksa semua tabel …`);
    await runProgram('mariadb-upgrade', ['--no-defaults', `--socket=${socket}`]);
  }
  writeFileSync(stamp, version);
}

async function runProgram(program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<void> {
  try {
    await run(program, [...args], { env, maxBuffer: 16 * 1024 * 1024 });
  } catch (error) {
    throw new Broken('mariadb-gagal-disiapkan', `${program} gagal.`, { cause: error });
  }
}

/** Node raises its own soft limit to the hard one, and children inherit that. */
function openFilesLimit(): number {
  const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  return soft === undefined ? 65_536 : Number(soft);
}
