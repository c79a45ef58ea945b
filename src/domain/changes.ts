type Value = string | number | boolean | null | readonly string[];

/**
 * What differs, as the audit tells it: `x-before` and `x-after` for every field of `after` that is another one than before.
 * Give it nothing secret: all of it is kept and shown.
 */
export function changesOf(
  before: Readonly<Record<string, Value | undefined>> | null,
  after: Readonly<Record<string, Value | undefined>> | null,
): Readonly<Record<string, string | number | null>> {
  const detail: Record<string, string | number | null> = {};
  for (const name of Object.keys(after ?? before ?? {})) {
    const [was, is] = [plain(before?.[name]), plain(after?.[name])];
    if (was === is) continue;
    detail[`${name}-before`] = was;
    detail[`${name}-after`] = is;
  }
  return detail;
}

function plain(value: Value | undefined): string | number | null {
  if (value === undefined || value === null || typeof value === 'number') return value ?? null;
  return typeof value === 'object' ? value.join(', ') : String(value);
}
