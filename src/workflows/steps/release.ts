import { splitTag } from '../../domain/app.ts';
import type { RuntimeManifest } from '../../domain/manifest.ts';
import { COMMANDS_LABEL, commandNames } from '../known-commands.ts';
import { checkOwnVersion, refreshSource } from '../releases.ts';
import type { Step, StepTools } from '../step.ts';

/**
 * The steps up to a release's image and template. What they make is shared by every desa on that release and named
 * after its content, so they are never undone: the next job finds it ready. Locks let one worker at a time build.
 */

export const fetchRelease: Step = {
  name: 'fetch-release',
  label: 'Mengambil rilis',
  isDone: async ({ release }, tools) =>
    (await tools.containers.imageExists(release.image)) || (await tools.sources.tags(release.app)).includes(release.tag),
  async run({ release }, tools) {
    const { channel } = splitTag(release.tag);
    const entry = tools.apps.entry(release.app);
    tools.tell(`Mengambil ${release.tag} dari ${(entry.channels.get(channel) ?? entry.repo).replace(/\/\/[^/@]*@/, '//')}`);
    await refreshSource(tools, entry, channel, tools.signal);
  },
  undo: 'keep',
};

export const buildRuntime: Step = {
  name: 'build-runtime',
  label: 'Menyiapkan sistem dasar',
  timeLimitSeconds: 1_800,
  isDone: ({ release }, tools) => tools.containers.imageExists(release.runtimeImage),
  run: ({ manifest, release }, tools) =>
    once(tools, release.runtimeImage, async () => {
      const { runtime, runtimeFolders } = tools.apps.entry(manifest.name, manifest.runtime);
      const base = await tools.containers.ensureBase(runtime.base, tools.signal, tools.tell);
      await tools.containers.build({
        image: release.runtimeImage,
        dockerfile: runtimeDockerfile(base, runtime, runtimeFolders.length),
        context: layered(runtimeFolders),
        labels: { 'id.pendopo.runtime': runtime.name },
        signal: tools.signal,
        onLine: tools.tell,
      });
    }),
  undo: 'keep',
};

export const buildImage: Step = {
  name: 'build-image',
  label: 'Membangun image rilis',
  isDone: ({ release }, tools) => tools.containers.imageExists(release.image),
  run: ({ manifest, release }, tools) =>
    once(tools, release.image, async () => {
      const { imageFolders } = tools.apps.entry(manifest.name);
      const code = `scratch/${release.template}.tar`;
      await tools.files.ensureFolder('scratch', 'control');
      // Those that were found by the calendar were remembered without a look at their code.
      await checkOwnVersion(manifest, release, tools, tools.signal);
      try {
        await tools.sources.exportTar(release.app, release.commit, tools.files.path(code), tools.signal);
        await tools.containers.build({
          image: release.image,
          dockerfile: appDockerfile(release.runtimeImage, manifest.image.code, manifest.image.directories, imageFolders.length),
          context: [{ name: 'code.tar', source: tools.files.path(code) }, ...layered(imageFolders)],
          labels: {
            ...{ 'id.pendopo.app': release.app, 'id.pendopo.tag': release.tag, 'id.pendopo.commit': release.commit },
            [COMMANDS_LABEL]: commandNames(manifest),
          },
          signal: tools.signal,
          onLine: tools.tell,
        });
      } finally {
        await tools.files.remove(code);
      }
    }),
  undo: 'keep',
};

function once(tools: StepTools, image: string, build: () => Promise<void>): Promise<void> {
  return tools.locks.withLock(`image ${image}`, tools.signal, async () => {
    if (await tools.containers.imageExists(image)) return;
    await build();
  });
}

/** As tar files of a build context: `layer-0.tar`, … */
function layered(folders: readonly string[]): readonly { readonly name: string; readonly source: string }[] {
  return folders.map((source, index) => ({ name: `layer-${index}.tar`, source }));
}

function additions(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `ADD layer-${index}.tar /`);
}

function runtimeDockerfile(base: string, runtime: RuntimeManifest, layers: number): string {
  return [
    `FROM ${base}`,
    // Without policy-rc.d Debian's packages would try to start their services while the image is built.
    'RUN printf "#!/bin/sh\\nexit 101\\n" > /usr/sbin/policy-rc.d && chmod +x /usr/sbin/policy-rc.d',
    `RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ${runtime.packages.join(' ')} && apt-get clean && rm -rf /var/lib/apt/lists/*`,
    ...additions(layers),
  ].join('\n');
}

function appDockerfile(runtimeImage: string, code: string, directories: readonly string[], layers: number): string {
  const folders = directories.map((directory) => `${code}/${directory}`);
  return [
    `FROM ${runtimeImage}`,
    `ADD code.tar ${code}/`,
    ...additions(layers),
    ...(folders.length === 0 ? [] : [`RUN mkdir -p ${folders.join(' ')}`]),
  ].join('\n');
}
