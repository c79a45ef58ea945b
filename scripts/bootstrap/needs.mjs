/** Which programs of the machine a script needs, and which of them are not there. */
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';

/**
 * `programs`: all must be there, in PATH or the system folders. `unless`: an environment variable that makes it
 * superfluous. `optional`: nice to have; the script runs without it.
 */
const NEEDS = {
  git: { package: 'git', programs: ['git'], why: 'mengambil kode aplikasi' },
  certificates: { package: 'ca-certificates', file: '/etc/ssl/certs/ca-certificates.crt', why: 'memeriksa sertifikat HTTPS' },
  mariadb: { package: 'mariadb-server', programs: ['mariadbd', 'mariadb-install-db'], why: 'basis data', unless: 'DATABASE_URL' },
  mariadbClient: { package: 'mariadb-client', programs: ['mariadb', 'mariadb-dump'], why: 'menyalin basis data desa' },
  redis: { package: 'redis-server', programs: ['redis-server'], why: 'antrean pekerjaan', unless: 'REDIS_URL' },
  docker: {
    package: 'docker.io',
    programs: ['dockerd'],
    why: 'menjalankan aplikasi desa',
    unless: 'DOCKER_HOST',
    socket: '/var/run/docker.sock',
  },
  iptables: { package: 'iptables', programs: ['iptables'], why: 'jaringan Docker', unless: 'DOCKER_HOST', socket: '/var/run/docker.sock' },
  nginx: { package: 'nginx', programs: ['nginx'], why: 'pintu depan situs desa' },
  restic: { package: 'restic', programs: ['restic'], why: 'menyalin cadangan ke luar server' },
  ssh: { package: 'openssh-client', programs: ['ssh', 'ssh-keygen'], why: 'menyalin cadangan lewat SFTP' },
  debootstrap: { package: 'debootstrap', programs: ['debootstrap'], why: 'membuat image dasar Debian' },
  openssl: { package: 'openssl', programs: ['openssl'], why: 'membuat sertifikat untuk pengujian' },
  pebble: { package: 'pebble', programs: ['pebble', 'pebble-challtestsrv'], why: 'penerbit sertifikat untuk pengujian' },
  chromium: { package: 'chromium', programs: ['chromium'], why: 'menguji halaman di peramban', optional: true },
};

const SERVICES = [
  'git',
  'certificates',
  'mariadb',
  'mariadbClient',
  'redis',
  'docker',
  'iptables',
  'nginx',
  'debootstrap',
  'restic',
  'ssh',
];

/**
 * `root`: it manages Docker and the desa's folders. `development`: it uses devDependencies. `settings`: it is the
 * operator's own Pendopo and heeds `.env`; tests must never meet a real database through it.
 */
const SCRIPTS = {
  'demo.ts': { needs: SERVICES, root: true, development: false, settings: true },
  'start.ts': { needs: SERVICES, root: true, development: false, settings: true },
  'bench.ts': { needs: SERVICES, root: true, development: true },
  'chaos.ts': { needs: SERVICES, root: true, development: true },
  'test.ts': { needs: [...SERVICES, 'openssl', 'pebble', 'chromium'], root: true, development: true },
  'check.ts': { needs: ['git', 'mariadb', 'mariadbClient', 'redis', 'nginx'], root: true, development: true },
  'pendopo.ts': { needs: [], root: true, development: false, settings: true },
};

/** What a script needs; one that is not listed needs Node alone. */
export function needsOf(script) {
  return SCRIPTS[script] ?? { needs: [], root: false, development: true };
}

/** The needs that are not met, as `{ package, why, optional }`, in the order of the table. */
export async function missingNeeds({ needs }, env) {
  const missing = [];
  for (const name of needs) {
    const need = NEEDS[name];
    if (need === undefined || isMet(need, env)) continue;
    if (need.socket !== undefined && (await answers(need.socket))) continue;
    if (need.optional && isUbuntu()) continue; // there the package is a snap, which a server seldom has
    missing.push({ package: need.package, why: need.why, optional: need.optional === true });
  }
  return missing;
}

/** Absolute path of a program, or null. The system folders count even when a user's PATH leaves them out. */
export function findProgram(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/local/bin', '/usr/bin'];
  for (const folder of folders) {
    const path = join(folder, name);
    if (folder !== '' && isExecutable(path)) return path;
  }
  return null;
}

function isMet(need, env) {
  if (need.unless !== undefined && (env[need.unless] ?? '').trim() !== '') return true;
  if (need.file !== undefined) return existsSync(need.file);
  if (need.package === 'nginx' && env.PENDOPO_FRONT_DRIVER === 'builtin') return true;
  return need.programs.every((program) => findProgram(program) !== null);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // "not there" is the answer, not a fault
  }
}

function answers(socket) {
  return new Promise((resolve) => {
    const connection = connect(socket);
    const end = (result) => {
      connection.destroy();
      resolve(result);
    };
    connection.once('connect', () => end(true));
    connection.once('error', () => end(false));
    connection.setTimeout(1000, () => end(false));
  });
}

function isUbuntu() {
  return existsSync('/etc/os-release') && /^ID=ubuntu$/m.test(readFileSync('/etc/os-release', 'utf8'));
}
