import { type Html, html } from './html.ts';
import { icon } from './icons.ts';

/** Without JavaScript, and while the stream is cut. */
export const REFRESH_SECONDS = 10;

/**
 * Lets a page follow what happens, and says whether it does: see assets/live.js.
 * @param target id of the part that is fetched again when something moved; it listens to `pendopo:berubah`
 */
export function liveNote(target: string): Html {
  return html`<p class="pd-live-note" role="status" data-armada="/api/v1/armada/aliran" data-sasaran="${target}" data-jeda="${REFRESH_SECONDS}">${icon('ulang', 'pd-icon-sm')}<span>Halaman ini diperbarui setiap ${REFRESH_SECONDS} detik</span></p>`;
}
