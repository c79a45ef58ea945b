import { join } from 'node:path';
import { Broken } from '../domain/errors.ts';
import type { ImageBuild } from '../domain/ports-containers.ts';
import { packContext } from './docker-context.ts';
import { ask, askIfThere, diskFull, type Engine, isDiskFull, LABEL } from './docker-engine.ts';
import { shorten } from './docker-output.ts';
import { followProgress } from './docker-progress.ts';

/** A step may be silent for long (apt unpacking, composer), but not for ever. */
const SILENT_MS = 15 * 60_000;
const KEPT_LINES = 15;

export async function imageExists(engine: Engine, image: string): Promise<boolean> {
  return (await askIfThere(`mencari image ${image}`, () => engine.docker.getImage(image).inspect())) !== null;
}

/** With the classic builder, which every engine since 20.10 has; steps are cached by content. */
export async function buildImage(engine: Engine, build: ImageBuild): Promise<void> {
  build.signal.throwIfAborted();
  const what = `membangun image ${build.image}`;
  const lastLines: string[] = [];
  const context = packContext(build, join(engine.dataFolder, 'scratch', `build-${engine.ids.next()}`));
  try {
    const stream = await ask(what, () => startBuild(engine, build, context), SILENT_MS);
    const failure = await followProgress(
      what,
      stream,
      (text) => {
        const line = shorten(text);
        if (line.startsWith(' --->')) return;
        lastLines.push(line);
        if (lastLines.length > KEPT_LINES) lastLines.shift();
        build.onLine(line);
      },
      SILENT_MS,
    );
    if (failure !== null) throw buildFailed(build.image, failure, lastLines);
  } catch (error) {
    // The engine stops the build and removes its container when the connection closes.
    build.signal.throwIfAborted();
    throw error;
  } finally {
    context.destroy();
  }
  if (!(await imageExists(engine, build.image))) throw buildFailed(build.image, 'aliran berhenti di tengah jalan', lastLines);
}

function startBuild(engine: Engine, build: ImageBuild, context: NodeJS.ReadableStream): Promise<NodeJS.ReadableStream> {
  return engine.docker.buildImage(context, {
    t: build.image,
    labels: imageLabels(engine, build.labels),
    // apt and composer must reach the mirrors, also where the bridge has no way out.
    networkmode: 'host',
    rm: true,
    forcerm: true,
    abortSignal: build.signal,
  });
}

function imageLabels(engine: Engine, labels: Readonly<Record<string, string>>): Record<string, string> {
  const reserved: readonly string[] = Object.values(LABEL);
  const own = Object.entries(labels).filter(([key]) => !reserved.includes(key));
  return { ...Object.fromEntries(own), [LABEL.builtBy]: engine.instance };
}

function buildFailed(image: string, failure: string, lastLines: readonly string[]): Broken {
  if (isDiskFull(failure) || lastLines.some(isDiskFull)) return diskFull(new Error(failure));
  return new Broken('gagal-membangun-image', `Image "${image}" gagal dibangun: ${failure}\n${lastLines.join('\n')}`.trimEnd(), {
    cause: new Error(failure),
    advice: 'Data desa tidak tersentuh. Periksa keluaran di atas, perbaiki, lalu tekan Coba lagi.',
  });
}
