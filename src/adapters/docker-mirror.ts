import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** One source of apt: an address and what is taken from it. */
export interface AptSource {
  readonly uri: string;
  readonly suite: string;
  readonly components: readonly string[];
}

const DEFAULT_MIRROR = 'http://deb.debian.org/debian';
const DEFAULT_SECURITY = 'http://deb.debian.org/debian-security';
const DEBIAN_SUITES = new Set(['bullseye', 'bookworm', 'trixie', 'forky', 'oldstable', 'stable', 'testing', 'sid']);

/**
 * Where a Debian system can be had, best first: what this machine itself uses, then Debian's own address.
 * Repositories of others may look the same; debootstrap refuses them by their signature and the next one is tried.
 */
export function debianMirrors(sources: readonly AptSource[]): readonly string[] {
  const own = sources.filter(({ suite, components }) => DEBIAN_SUITES.has(suite) && components.includes('main')).map(({ uri }) => uri);
  return [...new Set([...own, DEFAULT_MIRROR])];
}

/**
 * The sources.list of the base system. Updates and security fixes come along where the machine has them too,
 * or the mirror is Debian's own: `apt-get update` fails on a source that a local mirror does not carry.
 */
export function baseSources(suite: string, mirror: string, sources: readonly AptSource[]): string {
  const updates = mirror === DEFAULT_MIRROR || sources.some((source) => source.uri === mirror && source.suite.endsWith('-updates'));
  const security = sources.find(
    (source) => source.suite.endsWith('-security') && DEBIAN_SUITES.has(source.suite.replace(/-security$/, '')),
  );
  const securityUri = security?.uri ?? (mirror === DEFAULT_MIRROR ? DEFAULT_SECURITY : null);
  return [
    `deb ${mirror} ${suite} main`,
    ...(updates ? [`deb ${mirror} ${suite}-updates main`] : []),
    ...(securityUri === null ? [] : [`deb ${securityUri} ${suite}-security main`]),
    '',
  ].join('\n');
}

/** Reads sources.list and sources.list.d, in both of apt's formats. */
export async function readAptSources(folder = '/etc/apt'): Promise<readonly AptSource[]> {
  const parts = await orNothing(readdir(join(folder, 'sources.list.d')), []);
  const files = ['sources.list', ...parts.sort().map((name) => join('sources.list.d', name))];
  const found: AptSource[] = [];
  for (const file of files) {
    const text = await orNothing(readFile(join(folder, file), 'utf8'), '');
    if (file.endsWith('.list')) found.push(...parseOneLine(text));
    if (file.endsWith('.sources')) found.push(...parseStanzas(text));
  }
  return found.filter(({ uri }) => /^https?:\/\//.test(uri));
}

async function orNothing<T>(reading: Promise<T>, nothing: T): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return nothing;
    throw error;
  }
}

/** `deb [arch=amd64 signed-by=…] http://deb.debian.org/debian bookworm main contrib` */
export function parseOneLine(text: string): AptSource[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+([^#]+)/.exec(line);
    const [, uri, suite, components] = match ?? [];
    return uri === undefined || suite === undefined || components === undefined ? [] : [source(uri, suite, words(components))];
  });
}

/** deb822: stanzas of `Types`, `URIs`, `Suites`, `Components`, each with one or more words. */
export function parseStanzas(text: string): AptSource[] {
  const withoutComments = text.replace(/^#.*\n?/gm, '');
  return withoutComments.split(/\n\s*\n/).flatMap((stanza) => {
    const field = (name: string): string[] => words(new RegExp(`^${name}:((?:.*)(?:\\n[ \\t]+.*)*)`, 'im').exec(stanza)?.[1] ?? '');
    if (!field('Types').includes('deb') || field('Enabled')[0]?.toLowerCase() === 'no') return [];
    return field('URIs').flatMap((uri) => field('Suites').map((suite) => source(uri, suite, field('Components'))));
  });
}

function source(uri: string, suite: string, components: readonly string[]): AptSource {
  return { uri: uri.replace(/\/+$/, ''), suite, components };
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
