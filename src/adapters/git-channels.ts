import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { splitTag } from '../domain/app.ts';
import type { FetchingSources } from './git.ts';
import { mirrorName } from './git-address.ts';
import { hasCode } from './git-lock.ts';

/** Sources in which an app's channels look like part of it: their tags bear their name (`premium/v2410.0.0`). */
export function withChannels(sources: FetchingSources, dataFolder: string): FetchingSources {
  const channelsOf = (app: string): Promise<readonly string[]> => channelsIn(join(dataFolder, 'mirrors'), app);

  /** The mirror that knows the commit; the app's own where none does. */
  const mirrorOf = async (app: string, commit: string): Promise<string> => {
    for (const channel of (await channelsOf(app)).slice(1)) {
      const name = mirrorName(app, channel);
      for (const tag of await sources.tags(name)) if ((await sources.commitOf(name, tag)) === commit) return name;
    }
    return app;
  };
  return {
    refresh: (app, repo, signal, wanted, channel = '') => sources.refresh(mirrorName(app, channel), repo, signal, wanted),
    async tags(app) {
      const of = (channel: string) => sources.tags(mirrorName(app, channel));
      return (await Promise.all((await channelsOf(app)).map(async (channel) => (await of(channel)).map(named(channel))))).flat();
    },
    async notes(app) {
      const of = async (channel: string) =>
        [...(await sources.notes(mirrorName(app, channel)))].map(([tag, note]) => [named(channel)(tag), note] as const);
      return new Map((await Promise.all((await channelsOf(app)).map(of))).flat());
    },
    commitOf(app, tag) {
      const { channel, plain } = splitTag(tag);
      return sources.commitOf(mirrorName(app, channel), plain);
    },
    readFile: async (app, commit, path, signal) => sources.readFile(await mirrorOf(app, commit), commit, path, signal),
    exportTar: async (app, commit, file, signal) => sources.exportTar(await mirrorOf(app, commit), commit, file, signal),
  };
}

function named(channel: string): (tag: string) => string {
  return (tag) => (channel === '' ? tag : `${channel}/${tag}`);
}

/** '' and every channel that was fetched before. */
async function channelsIn(folder: string, app: string): Promise<readonly string[]> {
  try {
    const prefix = mirrorName(app, 'x').slice(0, -1);
    const found = (await readdir(folder)).filter((name) => name.startsWith(prefix) && /^[a-z0-9]+\.git$/.test(name.slice(prefix.length)));
    return ['', ...found.map((name) => name.slice(prefix.length, -'.git'.length))];
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [''];
    throw error;
  }
}
