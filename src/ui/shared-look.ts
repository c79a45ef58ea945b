interface Look<T> {
  /** What was known to have happened when it began: it shows at least that. */
  readonly stamp: number;
  readonly at: number;
  readonly answer: Promise<T>;
  isRunning: boolean;
}

interface Sharing<T> {
  readonly look: () => Promise<T>;
  /** A number that grows with everything that happens, quickly told. */
  readonly stamp: () => Promise<number>;
  /** For what happens without moving the number. */
  readonly longestMs: number;
  readonly elapsed: () => number;
}

/**
 * One look at the record for all who ask at the same time, without showing anybody less than had happened when they
 * asked. At most one look runs; who comes too late for it shares the one after it. A look that failed is nobody's answer
 * but of those who waited for it.
 */
export function shareLooks<T>({ look, stamp, longestMs, elapsed }: Sharing<T>): () => Promise<T> {
  let latest: Look<T> | null = null;
  let next: Promise<T> | null = null;
  const begin = (known: number): Promise<T> => {
    next = null;
    const begun: Look<T> = { stamp: known, at: elapsed(), answer: look(), isRunning: true };
    latest = begun;
    begun.answer.then(
      () => {
        begun.isRunning = false;
      },
      () => {
        begun.isRunning = false;
        if (latest === begun) latest = null;
      },
    );
    return begun.answer;
  };
  return async () => {
    const known = await stamp();
    if (latest !== null && latest.stamp >= known && elapsed() - latest.at < longestMs) return latest.answer;
    if (latest?.isRunning !== true) return begin(known);
    next ??= latest.answer.then(
      () => begin(known),
      () => begin(known),
    );
    return next;
  };
}
