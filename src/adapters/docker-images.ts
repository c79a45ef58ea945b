import type { ReleaseImage } from '../domain/image.ts';
import { ask, type Engine, LABEL, statusOf } from './docker-engine.ts';

/** Set by whoever builds an image of a release. */
const RELEASE = { app: 'id.pendopo.app', tag: 'id.pendopo.tag' } as const;

/** Every image of a release on this engine, whichever Pendopo built it. */
export async function listReleaseImages({ docker }: Engine): Promise<readonly ReleaseImage[]> {
  const found = await ask('membaca daftar image', () => docker.listImages({ filters: { label: [RELEASE.app] } }));
  return found.flatMap(({ RepoTags, Labels, Size, Created }) => {
    // A half-made layer or a name that a later build took over has none.
    const name = RepoTags?.find((text) => text.startsWith('pendopo/'));
    const { [RELEASE.app]: app, [RELEASE.tag]: tag, [LABEL.builtBy]: builtBy = '' } = Labels ?? {};
    if (name === undefined || app === undefined || tag === undefined) return [];
    return [{ name, app, tag, builtBy, bytes: Size, builtAt: new Date(Created * 1_000) }];
  });
}

/** @returns false when a container, of whomever, stands on it: the engine refuses, and is never forced */
export function removeImage({ docker }: Engine, image: string): Promise<boolean> {
  return ask(`menghapus image ${image}`, async () => {
    try {
      await docker.getImage(image).remove();
      return true;
    } catch (error) {
      if (statusOf(error) === 404) return true;
      if (statusOf(error) === 409) return false;
      throw error;
    }
  });
}
