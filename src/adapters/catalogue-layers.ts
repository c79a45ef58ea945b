import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault } from './catalogue-yaml.ts';

/** Folders that are laid over an image's root, one over the other. */
export interface Layers {
  readonly folders: readonly string[];
  readonly faults: readonly Fault[];
}

/**
 * Files that several images share lie in `templates/layers/<name>/`; what an app or a runtime has of its own lies in its
 * `image/` and is laid over them last.
 * @param file the manifest that names them
 */
export function layersOf(templatesFolder: string, names: readonly string[], folder: string, file: string): Layers {
  const shared = names.map((name) => join(templatesFolder, 'layers', name));
  const own = join(folder, 'image');
  const missing = names.flatMap((name, index): readonly Fault[] =>
    existsSync(shared[index] ?? '') ? [] : [{ file, key: `layers.${index}`, text: `layers/${name} tidak ada` }],
  );
  if (existsSync(own)) return { folders: [...shared, own], faults: missing };
  const bare: readonly Fault[] = names.length === 0 ? [{ file: 'image/', key: '', text: 'folder ini harus ada' }] : [];
  return { folders: shared, faults: [...missing, ...bare] };
}
