/** Starts the bootstrap again as root, through sudo. */
import { spawnSync } from 'node:child_process';
import { findProgram } from './needs.mjs';
import { runChild } from './run.mjs';
import { Stop, say } from './say.mjs';

export function isRoot() {
  return process.getuid() === 0;
}

/** @returns the exit code of the run as root */
export function becomeRoot(bootstrap, args) {
  const sudo = findProgram('sudo');
  if (sudo === null) {
    throw new Stop(
      'Pendopo perlu hak root (mengatur Docker, folder desa dan paket Debian), tetapi perintah sudo tidak ada.\n' +
        'Masuklah sebagai root (su -), lalu jalankan lagi perintah yang sama.',
    );
  }
  if (spawnSync(sudo, ['-n', 'true'], { stdio: 'ignore' }).status !== 0) askPassword(sudo);
  // -E keeps PENDOPO_*, DATABASE_URL and the like; passing them as arguments would show passwords to everybody.
  return runChild(sudo, ['-E', '--', process.execPath, bootstrap, ...args], {});
}

function askPassword(sudo) {
  const onTerminal = process.stdin.isTTY === true && process.stderr.isTTY === true;
  if (onTerminal) {
    say('Pendopo perlu hak root (mengatur Docker, folder desa dan paket Debian).');
    if (spawnSync(sudo, ['-v', '-p', 'Kata sandi sudo untuk %p: '], { stdio: 'inherit' }).status === 0) return;
  }
  throw new Stop('sudo tidak memberi hak root. Jalankan sebagai root, atau sebagai pengguna yang boleh memakai sudo.');
}
