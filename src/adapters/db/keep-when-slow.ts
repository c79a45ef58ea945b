const SLOW_MS = 10;
/** So many times as long as it took, so that looking on costs little; no figure is older than the longest. */
const KEPT_TIMES = 50;
const LONGEST_MS = 5_000;

/** With a hundred thousand jobs behind us counting takes longer than a page may: then the last answer stands for some seconds. */
export function keepWhenSlow<K, T>(ask: (key: K) => PromiseLike<T>): (key: K) => Promise<T> {
  const kept = new Map<K, { readonly until: number; readonly answer: T }>();
  return async (key) => {
    const start = performance.now();
    const known = kept.get(key);
    if (known !== undefined && start < known.until) return known.answer;
    const answer = await ask(key);
    const now = performance.now();
    kept.delete(key);
    const took = now - start;
    if (took > SLOW_MS) kept.set(key, { until: now + Math.min(LONGEST_MS, took * KEPT_TIMES), answer });
    return answer;
  };
}
