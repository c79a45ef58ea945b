import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { ConnectionOptions } from 'mysql2/promise';
import { type Child, runChild } from './child.ts';
import type { SqlPool } from './mariadb-connection.ts';
import { translateClient } from './mariadb-errors.ts';

/** The server, as the administrator reaches it. */
export interface DatabaseServer {
  readonly admin: ConnectionOptions;
  readonly pool: SqlPool;
  /** Private folder for short-lived files. */
  readonly scratchFolder: string;
}

export interface ClientRun {
  readonly program: 'mariadb' | 'mariadb-dump';
  readonly args: readonly string[];
  readonly feed?: (input: Writable) => Promise<void>;
  readonly drain?: (output: Readable) => Promise<void>;
  readonly signal: AbortSignal;
}

/**
 * Runs one of MariaDB's programs. Account and password reach it through an option file that has lost its name before
 * the program starts (it inherits the open file), so neither argv nor a file left behind by a kill can tell them.
 * @throws Unavailable, Broken
 */
export async function runClient(server: DatabaseServer, run: ClientRun): Promise<void> {
  const options = await openOptionFile(server.admin, server.scratchFolder);
  try {
    const child: Child = {
      ...run,
      // --defaults-file must come first; it also keeps the machine's own option files out.
      args: ['--defaults-file=/dev/fd/3', ...run.args],
      descriptors: [options.fd],
    };
    const { code, stderr } = await runChild(child);
    if (code !== 0) throw translateClient(run.program, stderr, code);
  } finally {
    await options.close();
  }
}

async function openOptionFile(server: ConnectionOptions, folder: string): Promise<FileHandle> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `.${randomUUID()}.cnf`);
  const handle = await open(path, 'wx+', 0o600);
  await unlink(path);
  const address =
    server.socketPath === undefined ? { host: server.host, port: server.port, protocol: 'tcp' } : { socket: server.socketPath };
  const lines = Object.entries({ user: server.user, password: server.password, ...address })
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => `${name}=${quote(String(value))}\n`);
  await handle.write(`[client]\n${lines.join('')}`);
  return handle;
}

function quote(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
