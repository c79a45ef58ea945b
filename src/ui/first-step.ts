import { may } from '../domain/access.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { emptyState } from './parts.ts';
import type { Visit } from './visit.ts';

/** What an empty server says. */
export function firstStep({ actor }: Visit): Html {
  if (!may(actor, 'create-tenant', actor.wilayah))
    return emptyState('desa', 'Belum ada desa', html`<p>Desa yang ditambahkan admin kabupaten akan tampil di sini.</p>`);
  return emptyState(
    'desa',
    'Mulai dari satu desa',
    html`<p>Belum ada desa di server ini. Pilih kabupaten dan kecamatannya, centang desanya, lalu tekan <b>Pasang</b>. Situs desa siap dalam hitungan detik, tanpa mengetik perintah apa pun.</p>`,
    html`<p><a class="btn btn-primary" href="/desa/tambah">${icon('tambah')}Tambah desa pertama</a></p>`,
  );
}
