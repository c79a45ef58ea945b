/** Installs Debian packages without letting Debian start their services. */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { findProgram } from './needs.mjs';
import { Stop, say, startTimer } from './say.mjs';

const POLICY = '/usr/sbin/policy-rc.d';
const OWN_MARK = '# pendopo: no service starts while Pendopo installs packages';
const SET_ASIDE = `${POLICY}.before-pendopo`;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Units that a package enables for the next boot although Pendopo runs its own. Docker's stays: we use it. */
const UNITS = { 'mariadb-server': 'mariadb.service', 'redis-server': 'redis-server.service', nginx: 'nginx.service' };

/** @param missing `{ package, why, optional }` each */
export async function installPackages(missing) {
  const required = missing.filter((need) => !need.optional);
  const optional = missing.filter((need) => need.optional);
  if (findProgram('apt-get') === null) {
    if (required.length === 0) return;
    throw new Stop(`Mesin ini bukan Debian atau Ubuntu. Pasang sendiri dahulu:\n${listOf(required)}`);
  }
  say(`Paket Debian yang belum ada:\n${listOf(missing)}`);
  await askOnce(missing);
  const restore = forbidServices();
  try {
    // A broken third-party source must not stop us: the install itself tells whether the packages can be had.
    await apt('Memperbarui daftar paket', ['update']);
    if (required.length > 0 && !(await apt('Memasang paket', ['install', ...required.map((need) => need.package)]))) {
      throw new Stop(`Paket Debian gagal dipasang (pesannya di atas). Yang harus ada:\n${listOf(required)}`);
    }
    if (optional.length > 0 && !(await apt('Memasang paket tambahan', ['install', ...optional.map((need) => need.package)]))) {
      say(`Dilanjutkan tanpa ${optional.map((need) => need.package).join(', ')}.`);
    }
    disableUnits(missing.map((need) => need.package));
  } finally {
    restore();
  }
}

function listOf(needs) {
  return needs.map((need) => `  ${need.package.padEnd(16)} ${need.why}`).join('\n');
}

async function askOnce(needs) {
  if (process.env.PENDOPO_YES === '1' || process.stdin.isTTY !== true || process.stderr.isTTY !== true) return;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question('Pasang paket di atas? [Y/t] ');
  terminal.close();
  if (/^(t|n)/i.test(answer.trim())) throw new Stop(`Tidak dipasang. Yang harus ada:\n${listOf(needs)}`);
}

/** @returns whether apt-get succeeded; its last lines are shown when it did not */
function apt(text, [verb, ...packages]) {
  const done = startTimer(text);
  const options = ['-q', '-o', 'DPkg::Lock::Timeout=180', '-o', 'Acquire::Retries=3', '-o', 'Acquire::http::Timeout=30'];
  const args = verb === 'install' ? [...options, 'install', '-y', '--no-install-recommends', ...packages] : [...options, verb];
  return new Promise((resolve) => {
    const lines = [];
    const keep = (chunk) => {
      lines.push(...chunk.toString().split('\n'));
      lines.splice(0, Math.max(0, lines.length - 40));
    };
    const child = spawn('apt-get', args, {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_MODE: 'l', LC_ALL: 'C.UTF-8' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', (error) => keep(error.message));
    child.once('close', (code) => {
      done(code === 0 ? 'selesai' : 'gagal');
      if (code !== 0) say(lines.filter((line) => line.trim() !== '').join('\n'));
      resolve(code === 0);
    });
  });
}

/** Debian asks this script before it starts a service of a package; 101 means "no". Services that run already are left alone. */
function forbidServices() {
  if (existsSync(POLICY) && !isOurs()) renameSync(POLICY, SET_ASIDE);
  writeFileSync(POLICY, `#!/bin/sh\n${OWN_MARK}\nexit 101\n`);
  chmodSync(POLICY, 0o755);
  const leave = () => process.exit(130);
  const restore = () => {
    process.off('exit', restore);
    for (const signal of SIGNALS) process.off(signal, leave);
    if (existsSync(POLICY) && isOurs()) rmSync(POLICY);
    if (existsSync(SET_ASIDE)) renameSync(SET_ASIDE, POLICY);
  };
  process.on('exit', restore);
  for (const signal of SIGNALS) process.on(signal, leave);
  return restore;
}

function isOurs() {
  return readFileSync(POLICY, 'utf8').includes(OWN_MARK);
}

function disableUnits(packages) {
  const units = packages.flatMap((name) => UNITS[name] ?? []);
  if (units.length === 0 || findProgram('systemctl') === null) return;
  spawnSync('systemctl', ['disable', '--quiet', ...units], { stdio: 'ignore' });
}
