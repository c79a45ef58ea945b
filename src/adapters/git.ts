import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GitPluginError, simpleGit } from 'simple-git';
import { Broken, NotFound } from '../domain/errors.ts';
import type { Clock, Ids, Log, Sources } from '../domain/ports-world.ts';
import { appOfMirror, checkApp, checkCommit, checkPath, checkRepo, checkTag } from './git-address.ts';
import { packBundled } from './git-bundled.ts';
import { gitError, unreachable } from './git-errors.ts';
import { hasCode, withLockFile } from './git-lock.ts';
import { fileIn, type GitCall, hasCommit, notesIn, obtainCommit, readList, refreshMirror, wasRefreshed } from './git-mirror.ts';
import { endProcessesWith } from './git-processes.ts';

export interface SourcesOptions {
  /** Absolute; mirrors are kept in `mirrors/` below it. */
  readonly dataFolder: string;
  /** Absolute; `apps/<app>/source` below it is what the address `bundled:` means. */
  readonly templatesFolder: string;
  /** Usually process.env: only PATH, HOME, proxies, certificates and the ssh agent are passed on to git. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** How old the list of tags may be for `recent`; 0 or left out: always asked for. */
  readonly freshMs?: number;
  readonly log: Log;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** As the port, and what may fetch can be told to stop. */
export interface FetchingSources extends Sources {
  readFile(app: string, commit: string, path: string, signal?: AbortSignal): Promise<string>;
  exportTar(app: string, commit: string, file: string, signal?: AbortSignal): Promise<void>;
}

/** One bare mirror per app and channel (git-channels.ts). What was fetched stays: a tag that moves or vanishes upstream takes code from nobody. */
export function createSources(options: SourcesOptions): FetchingSources {
  const folder = join(options.dataFolder, 'mirrors');
  const mirrorOf = (app: string): string => join(folder, `${checkApp(app)}.git`);
  const git = (call: GitCall): Promise<string> => runGit(options, folder, call);

  /** The mirror, once it has this commit. */
  const mirrorWith = async (app: string, commit: string, signal: AbortSignal | undefined): Promise<string> => {
    const mirror = mirrorOf(app);
    checkCommit(commit);
    if (!(await exists(mirror))) throw new Broken('commit-hilang', `Repositori ${app} belum pernah diambil ke server ini.`);
    if (await hasCommit(git, mirror, commit)) return mirror;
    await locked(app, signal, async () => {
      if (!(await hasCommit(git, mirror, commit))) await obtainCommit(git, mirror, commit, signal);
    });
    return mirror;
  };
  const locked = (app: string, signal: AbortSignal | undefined, work: () => Promise<void>): Promise<void> =>
    withLockFile(join(folder, `${app}.lock`), { clock: options.clock, ids: options.ids, signal }, work);

  return {
    async refresh(app, repo, signal, wanted = 'newest') {
      const mirror = mirrorOf(app);
      const bundled = join(folder, `${app}-bundled.git`);
      const address = repo === 'bundled:' ? bundled : checkRepo(repo);
      // The bundled source changes with Pendopo itself.
      if (wanted === 'recent' && repo !== 'bundled:' && (await wasRefreshed(mirror, address, options.freshMs ?? 0))) return;
      // Addresses with tokens stand in the mirrors' settings.
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeSettings(options, folder);
      await locked(app, signal, async () => {
        if (repo === 'bundled:') {
          const source = join(options.templatesFolder, 'apps', appOfMirror(app), 'source');
          await packBundled(git, source, bundled, () => rm(mirror, { recursive: true, force: true }));
        }
        await refreshMirror(git, mirror, address, signal);
      });
    },

    tags: async (app) => [...(await readList(mirrorOf(app))).keys()],

    notes: async (app) => ((await exists(mirrorOf(app))) ? notesIn(git, mirrorOf(app)) : new Map()),

    async commitOf(app, tag) {
      const commit = (await readList(mirrorOf(app))).get(checkTag(tag));
      if (commit !== undefined) return commit;
      throw new NotFound('rilis-tidak-ada', `Rilis ${tag} dari ${app} tidak ada di repositorinya.`);
    },

    async readFile(app, commit, path, signal) {
      const file = checkPath(path);
      return fileIn(git, await mirrorWith(app, commit, signal), commit, file);
    },

    async exportTar(app, commit, file, signal) {
      const mirror = await mirrorWith(app, commit, signal);
      await mkdir(dirname(file), { recursive: true });
      // One name, so that the next try takes away what a killed one left: an image has one builder at a time.
      const part = `${file}.part`;
      try {
        await git({ repository: mirror, args: ['archive', '--format=tar', '-o', part, commit], signal });
        await rename(part, file);
      } finally {
        await rm(part, { force: true });
      }
    },
  };
}

/** The user's own settings (proxy, credentials, certificates) with ours after them, so that ours win. */
async function writeSettings({ environment, ids }: SourcesOptions, folder: string): Promise<void> {
  const home = environment.HOME ?? '/root';
  const usual = [`${environment.XDG_CONFIG_HOME ?? `${home}/.config`}/git/config`, `${home}/.gitconfig`];
  const text = [
    ...usual.map((path) => `[include]\n\tpath = "${path.replace(/["\\]/g, '\\$&')}"`),
    // A mirror may belong to another user of the server; the operator has named it, and nothing in it is executed.
    '[safe]\n\tdirectory = *',
    '[gc]\n\tauto = 0',
    '[tar]\n\tumask = 0022',
    '[http]\n\tlowSpeedLimit = 1000\n\tlowSpeedTime = 60',
    '',
  ].join('\n');
  const part = join(folder, `gitconfig.${ids.next()}`);
  await writeFile(part, text, { mode: 0o600 });
  await rename(part, join(folder, SETTINGS));
}

const SETTINGS = 'gitconfig';
const LIMIT_MS = 10 * 60_000;
/** By this variable, which helpers inherit, the processes of one run are found again. */
const MARK = 'PENDOPO_GIT';

/** Variables that git reads; simple-git keeps from it all that are not named here. */
const OWN_VARIABLES = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_TERMINAL_PROMPT',
  'GIT_CONFIG_GLOBAL',
  'GIT_SSH_COMMAND',
  ...['AUTHOR', 'COMMITTER'].flatMap((role) => ['NAME', 'EMAIL', 'DATE'].map((part) => `GIT_${role}_${part}`)),
];
const PASSED_ON = /^(PATH|HOME|USER|LOGNAME|TMPDIR|XDG_CONFIG_HOME|SSH_AUTH_SOCK|SSL_CERT_(FILE|DIR)|(https?|all|no)_proxy)$/i;

async function runGit(options: SourcesOptions, folder: string, call: GitCall): Promise<string> {
  call.signal?.throwIfAborted();
  const address = call.address ?? call.repository;
  const mark = options.ids.next();
  const stop = watchOver(call, `${MARK}=${mark}`, options.log);
  const git = simpleGit({
    baseDir: folder,
    abort: stop.signal,
    completion: { onClose: true, onExit: false },
    // By default a failure is one only if git said something too.
    errors: (error, { exitCode, stdErr }) => (exitCode === 0 ? error : Buffer.concat([...stdErr, Buffer.from(`\nexit code ${exitCode}`)])),
    allowEnvironment: OWN_VARIABLES,
    // Both name things of our own: the settings above, and ssh that asks no questions.
    unsafe: { allowUnsafeConfigPaths: true, allowUnsafeSshCommand: true },
  });
  try {
    const variables = { ...variablesFor(options, folder, call), [MARK]: mark };
    return await git
      .env(variables)
      .outputHandler((_command, stdout, stderr) => stop.listenTo([stdout, stderr]))
      .raw([...call.args]);
  } catch (error) {
    call.signal?.throwIfAborted();
    if (error instanceof GitPluginError && error.plugin === 'abort') throw unreachable(address, error);
    throw gitError(`menjalankan ${call.args.find((word) => /^[a-z][a-z-]+$/.test(word))}`, address, error);
  } finally {
    stop.end();
  }
}

/** Whatever ends a run of git early: the job, the time limit, or silence. Then its helpers are ended as well. */
function watchOver(
  call: GitCall,
  entry: string,
  log: Log,
): { signal: AbortSignal; listenTo(outputs: NodeJS.ReadableStream[]): void; end(): void } {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), call.silentMs ?? LIMIT_MS);
  const limit = AbortSignal.timeout(call.limitMs ?? LIMIT_MS);
  const signal = AbortSignal.any([silence.signal, limit, ...(call.signal === undefined ? [] : [call.signal])]);
  // simple-git only interrupts git itself; a moment later the rest is ended the hard way.
  const endAll = (): void => {
    setTimeout(() => endProcessesWith(entry).catch((error: unknown) => log.warn({ err: error }, 'could not end the helpers of git')), 500);
  };
  signal.addEventListener('abort', endAll, { once: true });
  return {
    signal,
    listenTo(outputs) {
      for (const output of outputs) output.on('data', () => timer.refresh());
    },
    end() {
      clearTimeout(timer);
      signal.removeEventListener('abort', endAll);
    },
  };
}

function variablesFor({ environment }: SourcesOptions, folder: string, call: GitCall): Record<string, string | undefined> {
  return {
    ...Object.fromEntries(Object.entries(environment).filter(([name]) => PASSED_ON.test(name))),
    LC_ALL: 'C',
    // Named outright, or git would look for a repository in the folders above.
    GIT_DIR: call.repository,
    GIT_CONFIG_GLOBAL: join(folder, SETTINGS),
    GIT_TERMINAL_PROMPT: '0',
    GIT_SSH_COMMAND: environment.GIT_SSH_COMMAND ?? 'ssh -o BatchMode=yes',
    ...call.variables,
  };
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}
