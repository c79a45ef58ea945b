import { join } from 'node:path';
import { prettyFactory } from 'pino-pretty';
import { followLog } from '../services/logs.ts';
import { isLive, paint } from './screen.ts';

const WARNING = 40;
const POLL_MS = 250;

/**
 * Shows what the processes write to their logs from now on: in colours for a person, as it is for a journal.
 * @param lowest pino's number of the lowest level to show
 */
export function showLogs(logFolder: string, names: readonly string[], lowest: number): () => void {
  const pretty = isLive()
    ? prettyFactory({ colorize: true, ignore: 'pid,hostname,name', translateTime: 'SYS:HH:MM:ss', singleLine: true })
    : null;
  const logs = names.map((name) =>
    followLog(join(logFolder, `${name}.log`), (line) => {
      if (levelOf(line) < lowest) return;
      const text = pretty === null ? line : pretty(line).trimEnd();
      console.log(`${paint('cyan', name.padEnd(9))} ${text}`);
    }),
  );
  const timer = setInterval(() => {
    for (const log of logs) log.poll();
  }, POLL_MS);
  return () => clearInterval(timer);
}

/** What is not JSON comes from a program that does not know our log: a crash, most likely. */
function levelOf(line: string): number {
  return Number(/^\{"level":(\d+)/.exec(line)?.[1] ?? WARNING);
}
