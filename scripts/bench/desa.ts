import { connectDocker, LABEL } from '../../src/adapters/docker-engine.ts';
import { type KodeDesa, parseKodeDesa, parseKodeWilayah } from '../../src/domain/wilayah.ts';
import type { Place } from './place.ts';

const KABUPATEN = parseKodeWilayah('52.01');

/** So many desa of Lombok Barat to install at. */
export async function desaOf({ tools }: Pick<Place, 'tools'>, count: number): Promise<readonly KodeDesa[]> {
  const found: KodeDesa[] = [];
  for (const { kode } of await tools.wilayah.children(KABUPATEN)) {
    for (const desa of await tools.wilayah.children(kode)) found.push(parseKodeDesa(desa.kode));
    if (found.length >= count) return found.slice(0, count);
  }
  throw new Error(`kabupaten ${KABUPATEN} has only ${found.length} desa`);
}

/** Containers of this Pendopo and the images of an app that only this measurement can use: its code is in no other place. */
export async function removeImages({ tools, house }: Place, app: string): Promise<void> {
  const { dockerHost, instance } = house.settings.config;
  for (const name of (await tools.containers.owned()).containers) await tools.containers.remove(name);
  const engine = connectDocker(dockerHost);
  const filters = { label: [`${LABEL.builtBy}=${instance}`, `id.pendopo.app=${app}`] };
  for (const { Id } of await engine.listImages({ filters })) await engine.getImage(Id).remove({ force: true });
}
