/** Values between two numbers, both included, that are shown in one shade. */
export interface Shade {
  readonly from: number;
  readonly to: number;
}

const MOST = 5;

/**
 * Parts values into a few shades, the lightest first, with about as many values in each: a single giant would otherwise
 * make all others look alike. Equal values share a shade.
 */
export function shadesOf(values: readonly number[]): readonly Shade[] {
  const sorted = values.toSorted((a, b) => a - b);
  const shades: Shade[] = [];
  let at = 0;
  for (let part = 1; part <= MOST; part += 1) {
    const from = sorted[at];
    const to = sorted[Math.max(at, Math.ceil((part * sorted.length) / MOST) - 1)];
    if (from === undefined || to === undefined) break;
    shades.push({ from, to });
    at = sorted.findLastIndex((value) => value <= to) + 1;
  }
  return shades;
}

/** The number of the shade, 1 the lightest. */
export function shadeAt(shades: readonly Shade[], value: number): number {
  return shades.findIndex(({ to }) => value <= to) + 1;
}
