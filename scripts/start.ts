/** `npm start`: runs Pendopo as a whole until it is stopped. */
import { processNames } from './services/processes.ts';
import { type House, supervise } from './services/supervise.ts';
import { box, seconds, showFailure, stage, tell } from './terminal/screen.ts';
import { showLogs } from './terminal/show-logs.ts';
import { Stopped, stopSignal, untilStopped } from './terminal/stop-signal.ts';
import { adminRows } from './terminal/welcome.ts';

const INFO = 30;

async function main(): Promise<number> {
  const signal = stopSignal(console.log);
  let house: House;
  try {
    house = await supervise({ env: process.env, mayMovePorts: false, signal, tell, stage });
  } catch (error) {
    if (error instanceof Stopped) return 0;
    showFailure(error);
    return 1;
  }
  box('Pendopo siap', [...adminRows(house), null, ['Berhenti', 'Ctrl-C']]);
  const hide = showLogs(house.settings.logFolder, processNames(house.settings), INFO);
  await untilStopped(signal);
  const begun = performance.now();
  await house.stop();
  hide();
  tell(`Semua sudah berhenti (${seconds(performance.now() - begun)}).`);
  return 0;
}

process.exitCode = await main();
