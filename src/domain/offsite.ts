import { Invalid } from './errors.ts';

/** Where copies of all backups and archives go, away from this server. */
export type OffsitePlace =
  | { readonly kind: 'folder' /** Absolute; another disk or a mounted share. */; readonly path: string }
  | { readonly kind: 'sftp'; readonly user: string; readonly host: string; readonly port: number; readonly path: string }
  | { readonly kind: 's3' /** `https://host/bucket/prefix` */; readonly address: string; readonly accessKeyId: string };

export interface Offsite {
  readonly place: OffsitePlace;
  /** What encrypts the copies; in the vault. */
  readonly passwordRef: string;
  /** S3 only; in the vault. */
  readonly secretKeyRef: string | null;
}

export interface OffsiteState extends Offsite {
  /** The last copy that was made to its end. */
  readonly copiedAt: Date | null;
  /** The last time the copies were read and found whole. */
  readonly checkedAt: Date | null;
  /** Why the last copy or check failed; null: it did not. */
  readonly failure: string | null;
}

/** A night without a copy is an accident, two are a fault. */
const LATE_MS = 50 * 3_600_000;

export function isLate({ copiedAt }: Pick<OffsiteState, 'copiedAt'>, now: Date): boolean {
  return copiedAt === null || now.getTime() - copiedAt.getTime() > LATE_MS;
}

/** How restic names it. Nothing secret is in it. */
export function repositoryOf(place: OffsitePlace): string {
  switch (place.kind) {
    case 'folder':
      return place.path;
    case 'sftp':
      return `sftp:${place.user}@${place.host}:${place.path}`;
    case 's3':
      return `s3:${place.address}`;
    default:
      return place satisfies never;
  }
}

const NAME = /^[a-z_][a-z0-9_-]{0,31}$/;
const HOST = /^[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?$/;
const PATH = /^\/[A-Za-z0-9._/-]{1,200}$/;
const S3 = /^https?:\/\/[a-z0-9.-]+(:\d{1,5})?(\/[A-Za-z0-9._-]+){1,8}$/;

/**
 * `/folder`, `sftp://user@host[:port]/folder` or `s3:https://host/bucket[/prefix]`.
 * @param accessKeyId for S3
 * @throws Invalid
 */
export function parsePlace(text: string, accessKeyId: string): OffsitePlace {
  const place = text.trim();
  const refuse = (why: string): Invalid => new Invalid('tempat-salah', why, { field: 'tempat' });
  if (place.startsWith('/')) {
    if (PATH.test(place) && !place.includes('..')) return { kind: 'folder', path: place };
    throw refuse('Folder ditulis lengkap dari /, tanpa spasi dan tanpa "..".');
  }
  const [, user = '', host = '', port = '22', path = ''] = /^sftp:\/\/([^@/]+)@([^:/]+)(?::(\d{1,5}))?(\/.*)$/.exec(place) ?? [];
  if (user !== '') {
    const isPort = Number(port) >= 1 && Number(port) <= 65_535;
    if (NAME.test(user) && HOST.test(host) && PATH.test(path) && isPort) return { kind: 'sftp', user, host, port: Number(port), path };
    throw refuse('Alamat SFTP ditulis sftp://pengguna@server/folder.');
  }
  if (place.startsWith('s3:')) {
    const address = place.slice('s3:'.length);
    if (!S3.test(address)) throw refuse('Alamat S3 ditulis s3:https://server/wadah/awalan.');
    if (!/^[\x21-\x7e]{3,128}$/.test(accessKeyId))
      throw new Invalid('kunci-salah', 'Kunci akses S3 belum diisi.', { field: 'kunci-akses' });
    return { kind: 's3', address, accessKeyId };
  }
  throw refuse('Tulis /folder, sftp://pengguna@server/folder, atau s3:https://server/wadah.');
}
