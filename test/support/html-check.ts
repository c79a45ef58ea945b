const VOID = new Set(['area', 'base', 'br', 'col', 'hr', 'img', 'input', 'link', 'meta']);
const TAG = /<(\/?)([a-zA-Z][\w-]*)((?:\s+[\w:@.-]+(?:="[^"]*")?)*)\s*(\/?)>/g;
const ATTRIBUTE = /([\w:@.-]+)(?:="([^"]*)")?/g;

export interface Tag {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
}

/** Every tag of a page; a `<` that starts none must have been escaped. */
export function tagsOf(page: string): readonly Tag[] {
  return [...page.matchAll(TAG)]
    .filter(([, closing]) => closing === '')
    .map(([, , name = '', text = '']) => ({ name: name.toLowerCase(), attributes: attributesOf(text) }));
}

/** What is wrong with a page as markup: unbalanced tags, stray brackets, doubled ids, scripts or styles inside. */
export function faultsOf(page: string): readonly string[] {
  const faults: string[] = [];
  const open: string[] = [];
  const withoutDoctype = page.replace(/^<!doctype html>/, '');
  for (const [, closing, name = '', , selfClosing] of withoutDoctype.matchAll(TAG)) {
    if (VOID.has(name) || selfClosing === '/') continue;
    if (closing === '') open.push(name);
    else if (open.at(-1) === name) open.pop();
    else faults.push(`</${name}> closes <${open.at(-1) ?? 'nothing'}>`);
  }
  if (open.length > 0) faults.push(`left open: ${open.join(', ')}`);
  if (/[<>]/.test(withoutDoctype.replace(TAG, '')))
    faults.push(`stray bracket near ${/.{0,40}[<>].{0,40}/.exec(withoutDoctype.replace(TAG, ''))?.[0] ?? ''}`);
  const ids = tagsOf(page).flatMap(({ attributes }) => attributes.get('id') ?? []);
  for (const id of new Set(ids)) if (ids.filter((one) => one === id).length > 1) faults.push(`id "${id}" twice`);
  for (const { name, attributes } of tagsOf(page)) {
    for (const attribute of attributes.keys()) if (/^on|^style$/.test(attribute)) faults.push(`<${name} ${attribute}>`);
    if (name === 'script' && !attributes.has('src')) faults.push('script inside the page');
    if (name === 'style') faults.push('style inside the page');
  }
  return faults;
}

/** Addresses outside this server that a browser would load or that a click would leave for, but for the sites of desa. */
export function externalUrls(page: string): readonly string[] {
  return tagsOf(page).flatMap(({ attributes }) => {
    if (attributes.has('data-situs')) return [];
    return ['src', 'href', 'action', 'hx-get', 'hx-post', 'formaction', 'data-aliran'].flatMap((name) => {
      const value = attributes.get(name);
      return value === undefined || /^(\/(?!\/)|#)/.test(value) ? [] : [value];
    });
  });
}

/** What a reader sees. */
export function textOf(page: string): string {
  return decode(page.replace(/<head>.*?<\/head>/s, '').replace(TAG, ' ')).replaceAll(/\s+/g, ' ');
}

function attributesOf(text: string): ReadonlyMap<string, string> {
  return new Map([...text.matchAll(ATTRIBUTE)].map(([, name = '', value = '']) => [name, decode(value)]));
}

function decode(text: string): string {
  return text.replaceAll(/&#(\d+);/g, (_whole, code: string) => String.fromCodePoint(Number(code))).replaceAll('&amp;', '&');
}
