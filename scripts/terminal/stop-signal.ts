/** Terminals and npm may each deliver the same Ctrl-C; only one that comes later counts as a second one. */
const SAME_PRESS_MS = 1_000;

/**
 * Aborts at the first Ctrl-C, SIGTERM or SIGHUP. A second one ends the process at once; the kernel then tells our
 * children to stop.
 */
export function stopSignal(tell: (text: string) => void): AbortSignal {
  const controller = new AbortController();
  let first = 0;
  const onSignal = () => {
    if (!controller.signal.aborted) {
      first = Date.now();
      tell('\nMenghentikan Pendopo … (Ctrl-C sekali lagi: paksa)');
      controller.abort(new Stopped());
    } else if (Date.now() - first > SAME_PRESS_MS) {
      process.exit(130);
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  return controller.signal;
}

/** Somebody stopped us; nothing is wrong. */
export class Stopped extends Error {
  constructor() {
    super('Dihentikan.');
  }
}

/** Resolves once somebody stops us. */
export function untilStopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  // A listener alone does not keep a process alive.
  const alive = setInterval(() => signal.aborted, 60_000);
  return new Promise((resolve) =>
    signal.addEventListener('abort', () => {
      clearInterval(alive);
      resolve();
    }),
  );
}
