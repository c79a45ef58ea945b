/** Runs a child in our place: same terminal, signals passed on, same exit code. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findProgram } from './needs.mjs';

/** @returns the script's exit code */
export function runScript(node, root, script, args) {
  const setpriv = findProgram('setpriv');
  const command = [node, '--import', pathToFileURL(join(root, 'scripts', 'require-drizzle.mjs')).href, script, ...args];
  const env = {
    // Compiled code is kept between runs; npm ci throws it away together with what it was made from.
    NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'node'),
    ...process.env,
    PATH: [dirname(node), process.env.PATH, '/usr/local/sbin', '/usr/sbin', '/sbin'].join(delimiter),
  };
  // If we are killed outright, the kernel asks the script to stop, and the script stops what it started.
  return setpriv === null
    ? runChild(node, command.slice(1), { cwd: root, env })
    : runChild(setpriv, ['--pdeathsig', 'SIGTERM', '--', ...command], { cwd: root, env });
}

export function runChild(program, args, options) {
  const child = spawn(program, args, { stdio: 'inherit', ...options });
  const pass = (signal) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
  };
  // On a terminal Ctrl-C reaches the whole foreground group by itself; passing it on would make it two.
  process.on('SIGINT', () => process.stdin.isTTY !== true && pass('SIGINT'));
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2']) process.on(signal, pass);
  stopWhenOrphaned(pass);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
}

/** npm, and the shell between, stay our ancestors as long as npm lives. When it was killed outright, nobody else would tell us to stop. */
function stopWhenOrphaned(pass) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const ancestors = [process.ppid, parentOf(process.ppid)];
  setInterval(() => {
    if (process.ppid !== ancestors[0] || parentOf(process.ppid) !== ancestors[1]) pass('SIGTERM');
  }, 1000).unref();
}

function parentOf(pid) {
  try {
    return Number(
      readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')[1],
    );
  } catch {
    return 0; // it has just ended, which the caller sees as a change
  }
}
