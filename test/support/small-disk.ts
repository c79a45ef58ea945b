import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, statfsSync, symlinkSync, writeFileSync } from 'node:fs';
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
      try {
        writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - leaveBytes), 1));
      } catch (error) {
        // Somebody else took the last of it meanwhile: full is full.
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
      }
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

/** Moves a schema without open tables to the disk: MariaDB follows the link. */
export function moveSchema({ folder }: SmallDisk, dataFolder: string, schema: string): void {
  const [from, to] = [join(dataFolder, schema), join(folder, schema)];
  cpSync(from, to, { recursive: true });
  rmSync(from, { recursive: true });
  symlinkSync(to, from);
}
