import { readFile, statfs } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import type { Machine } from '../domain/ports-machine.ts';

/** @param dataFolder whose disk counts */
export function createMachine(dataFolder: string): Machine {
  return {
    async use() {
      const disk = await statfs(dataFolder);
      return {
        diskTotal: disk.blocks * disk.bsize,
        diskFree: disk.bavail * disk.bsize,
        memoryTotal: totalmem(),
        memoryFree: await availableMemory(),
      };
    },
  };
}

/** What programs could still get: the kernel gives up its caches for them, so "free" would frighten for nothing. */
async function availableMemory(): Promise<number> {
  const text = await readFile('/proc/meminfo', 'utf8').catch(() => '');
  const kilobytes = /^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1];
  return kilobytes === undefined ? freemem() : Number(kilobytes) * 1024;
}
