/** The value below which this share of the measurements lies (nearest rank); NaN without any. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** Milliseconds as seconds with two decimals and Indonesian comma; `–` for nothing. */
export function inSeconds(ms: number): string {
  return Number.isFinite(ms) ? (ms / 1000).toFixed(2).replace('.', ',') : '–';
}

/** A number with so many decimals and Indonesian comma. */
export function decimal(value: number, digits: number): string {
  return Number.isFinite(value) ? value.toFixed(digits).replace('.', ',') : '–';
}
