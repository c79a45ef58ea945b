import { encode } from 'uqr';
import type { Secret } from '../domain/secret.ts';
import { type Html, html } from './html.ts';

/** White around the picture, in modules: readers need it. */
const QUIET = 4;

/** A picture for a telephone's camera, drawn into the page: no other address learns what it says. Dark on white in every theme. */
export function qrPicture(text: Secret, label: string): Html {
  const { data, size } = encode(text.expose(), { border: QUIET });
  const dark = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return html`<svg class="pd-qr" viewBox="0 0 ${size} ${size}" role="img" aria-label="${label}" shape-rendering="crispEdges"><rect width="${size}" height="${size}" fill="#fff"></rect><path d="${dark.join('')}" fill="#000"></path></svg>`;
}
