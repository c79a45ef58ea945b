import { satisfies, validRange } from 'semver';
import { Broken } from '../domain/errors.ts';
import type { RuntimeManifest } from '../domain/manifest.ts';

/**
 * The first runtime whose PHP fits what a release asks for in its composer.json. Composer's `|` and `,` become npm's
 * `||` and blank; the rest of the two notations means the same for PHP versions.
 * @throws Broken when no runtime fits: said before anything is started
 */
export function chooseRuntime(title: string, runtimes: readonly RuntimeManifest[], requirement: string | null): string {
  const first = runtimes[0]?.name ?? '';
  if (requirement === null) return first;
  const range = validRange(
    requirement
      .replaceAll(/\|+/g, '||')
      .replaceAll(',', ' ')
      .replaceAll(/@[a-z]+/g, ''),
  );
  if (range === null) throw new Broken('php-tidak-terbaca', `Rilis ${title} ini meminta PHP "${requirement}", yang tidak dapat dibaca.`);
  // Debian keeps the newest patch of its minor version, so `>=8.2.5` is met by 8.2.
  const fits = runtimes.find(({ php }) => php !== undefined && satisfies(`${php}.999`, range));
  if (fits !== undefined) return fits.name;
  const offered = runtimes.flatMap(({ php }) => (php === undefined ? [] : [php])).join(', ');
  throw new Broken('php-tidak-tersedia', `Rilis ${title} ini memerlukan PHP ${requirement}; yang tersedia di sini: PHP ${offered}.`, {
    advice: 'Belum ada yang diubah. Pilih rilis lain, atau perbarui Pendopo bila sistem dasar yang lebih baru sudah ada.',
  });
}
