/** What came with a request, as text: the only way pages look at a query string or a form. */
export interface Input {
  /** The first value of a field, trimmed; '' when it was not sent. */
  text(name: string): string;
  /** As sent: passwords may begin with a space. */
  raw(name: string): string;
  /** All values of a field. */
  all(name: string): readonly string[];
  /** A file that was sent; null when there was none. */
  file(name: string): Buffer | null;
  /** The fields whose name begins like this, without that beginning. */
  startingWith(prefix: string): Readonly<Record<string, string>>;
}

/** @param sent a parsed query string or form body; anything else counts as empty */
export function readInput(sent: unknown): Input {
  const fields = new Map<string, readonly string[]>(
    typeof sent === 'object' && sent !== null ? Object.entries(sent).map(([name, value]) => [name, texts(value)]) : [],
  );
  const files = new Map(typeof sent === 'object' && sent !== null ? Object.entries(sent) : []);
  const all = (name: string): readonly string[] => fields.get(name) ?? [];
  const raw = (name: string): string => all(name)[0] ?? '';
  return {
    all,
    raw,
    file: (name) => {
      const content: unknown = files.get(name);
      return Buffer.isBuffer(content) ? content : null;
    },
    text: (name) => raw(name).trim(),
    startingWith: (prefix) => {
      const found = [...fields.keys()].filter((name) => name.startsWith(prefix));
      return Object.fromEntries(found.map((name) => [name.slice(prefix.length), raw(name).trim()]));
    },
  };
}

/** A path with the fields that have a value: empty ones would only lengthen the address. */
export function pathWith(path: string, fields: Readonly<Record<string, string | null | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) if (value !== null && value !== undefined && value !== '') query.set(name, value);
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}

function texts(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
