import type { Toolbox } from '../src/domain/ports.ts';

/** The day's last measurement is what stays, so a few a day are enough. */
const EVERY_MS = 3_600_000;

/** Writes down how full the machine is, so that people can be told when it will be full. Any number of workers may. */
export async function keepMachineDays(tools: Toolbox, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const day = tools.clock.now().toISOString().slice(0, 10);
      await tools.machineDays.save({ day, ...(await tools.machine.use()) });
    } catch (error) {
      tools.log.warn({ err: error }, 'machine not measured, trying again');
    }
    await tools.clock.sleep(EVERY_MS, signal).catch(() => undefined);
  }
}
