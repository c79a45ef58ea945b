import { may } from '../domain/access.ts';
import { channelFor, newestFirst, splitTag } from '../domain/app.ts';
import { rollbackTarget } from '../domain/backup.ts';
import { isActive } from '../domain/job.ts';
import type { Installation } from '../domain/tenant.ts';
import type { Dossier } from './desa-cards.ts';
import { type Html, html, NOTHING } from './html.ts';
import { icon } from './icons.ts';
import { buttonForm, when } from './parts.ts';
import { REASONS, size } from './present.ts';
import type { Visit } from './visit.ts';

/** Perbarui, Cadangkan and Mundur versi of one app; only those that make sense now. */
export function changeButtons(visit: Visit, { desa, offers, backups, pinned }: Dossier, installation: Installation): Html {
  const { app, state, tag, id } = installation;
  const isPinned = pinned.has(id);
  const base = `/desa/${desa.kode}/${app}`;
  if (state === 'suspended' && may(visit.actor, 'update', desa.kode))
    return buttonForm(visit, { action: `${base}/aktifkan`, label: 'Aktifkan', icon: 'lanjut' });
  if (state !== 'active' || tag === null) return NOTHING;
  const offer = offers.find(({ manifest }) => manifest.name === app);
  const channel = offer === undefined ? '' : channelFor(offer.manifest, installation.settings);
  const newest = offer?.releases.find((release) => splitTag(release.tag).channel === channel)?.tag;
  // What runs may be newer than anything that is offered: its own release was barred since.
  const isNewer = offer !== undefined && newest !== undefined && newest !== tag && newestFirst(offer.manifest, [newest, tag])[0] === newest;
  const target = rollbackTarget(
    backups.filter((one) => one.installationId === installation.id),
    tag,
  );
  return html`${
    may(visit.actor, 'update', desa.kode) && [
      isNewer && !isPinned && buttonForm(visit, { action: `${base}/perbarui`, label: `Perbarui ke ${newest}`, icon: 'ulang' }),
      buttonForm(visit, { action: `${base}/cadangkan`, label: 'Cadangkan', icon: 'arsip', style: '' }),
      buttonForm(visit, {
        ...{ action: `${base}/tangguhkan`, label: 'Tangguhkan', icon: 'jeda', style: '' },
        confirm: 'Hentikan layanan aplikasi ini untuk sementara? Pengunjung melihat pemberitahuan; datanya tetap utuh.',
      }),
      buttonForm(visit, {
        ...{ action: `${base}/kunci-versi`, label: isPinned ? 'Lepas kunci versi' : 'Kunci versi', icon: 'kunci', style: '' },
        fields: html`<input type="hidden" name="kunci" value="${isPinned ? '' : 'ya'}">`,
      }),
    ]
  }
  ${
    may(visit.actor, 'restore', desa.kode) &&
    target !== null &&
    buttonForm(visit, {
      ...{ action: `${base}/mundur`, label: 'Mundur versi', icon: 'kembali', style: '' },
      confirm: `Kembali ke ${target.tag} dengan data saat sebelum pembaruan? Isian sesudah itu tidak ikut, tetapi dicadangkan lebih dahulu.`,
    })
  }
  ${
    may(visit.actor, 'restore', desa.kode) &&
    backups.some((one) => one.installationId === id) &&
    html`<a class="btn" href="/cadangan?desa=${desa.kode}">${icon('arsip')}Pulihkan…</a>`
  }`;
}

/** Tangguhkan and Aktifkan for the desa as a whole, where that is more than one app. */
export function serviceButtons(visit: Visit, { desa, jobs }: Dossier): Html {
  if (!may(visit.actor, 'update', desa.kode) || jobs.some(({ state }) => isActive(state))) return NOTHING;
  const count = (wanted: Installation['state']): number => desa.installations.filter(({ state }) => state === wanted).length;
  return html`${
    count('suspended') > 1 &&
    buttonForm(visit, { action: `/desa/${desa.kode}/aktifkan`, label: 'Aktifkan semua', icon: 'lanjut', style: '' })
  }${
    count('active') > 1 &&
    buttonForm(visit, {
      ...{ action: `/desa/${desa.kode}/tangguhkan`, label: 'Tangguhkan semua', icon: 'jeda', style: '' },
      confirm: 'Hentikan layanan semua aplikasi desa ini untuk sementara? Pengunjung melihat pemberitahuan; datanya tetap utuh.',
    })
  }`;
}

export function backupCard(visit: Visit, { desa, backups }: Dossier): Html {
  const list = backups.slice(0, 5);
  return html`<section class="card pd-card"><h2 class="pd-card-title">${icon('arsip')}Cadangan<span class="pd-count">${backups.length}</span></h2>
    ${list.length === 0 && html`<p class="pd-muted">Belum ada cadangan.</p>`}
    <ul class="pd-mini-list">${list.map(({ tag, reason, bytes, createdAt }) => html`<li><span><b>${tag}</b> ${REASONS[reason]}</span><small>${size(bytes)} · ${when(createdAt, visit)}</small></li>`)}</ul>
    ${list.length > 0 && html`<a class="btn btn-sm" href="/cadangan?desa=${desa.kode}">Lihat di Cadangan</a>`}</section>`;
}
