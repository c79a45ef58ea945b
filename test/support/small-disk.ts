import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A disk in memory, which a test fills to the brim and empties again. */
export interface SmallDisk {
  readonly folder: string;
  /** Leaves this many bytes. */
  fill(leaveBytes: number): void;
  /** Takes away what `fill` has put there. */
  free(): void;
  remove(): void;
}

/** null where we may not mount one. */
export function makeSmallDisk(megabytes: number): SmallDisk | null {
  const folder = mkdtempSync('/tmp/pdk-');
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]).status !== 0) {
    rmSync(folder, { recursive: true });
    return null;
  }
  const ballast = join(folder, 'ballast');
  const free = (): void => rmSync(ballast, { force: true });
  return {
    folder,
    fill(leaveBytes) {
      const { bavail, bsize } = statfsSync(folder);
      writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - leaveBytes), 1));
    },
    free,
    remove() {
      free();
      // Lazily: a server that was killed may still be letting go of it.
      spawnSync('umount', ['-l', folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
