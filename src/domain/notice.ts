import { Invalid } from './errors.ts';

/** How people are told when they are not looking. Each is set up or left out by itself. */
export const CHANNELS = ['email', 'telegram', 'webhook'] as const;
export type Channel = (typeof CHANNELS)[number];

/** What a channel needs; secrets are references into the vault. */
export type ChannelSettings =
  | {
      readonly channel: 'email';
      readonly host: string;
      readonly port: number;
      /** TLS from the first byte; else STARTTLS where the server offers it. */
      readonly tls: boolean;
      readonly from: string;
      readonly to: readonly string[];
      readonly username: string | null;
      readonly secretRef: string | null;
    }
  | { readonly channel: 'telegram'; readonly chat: string; readonly server: string; readonly secretRef: string }
  | { readonly channel: 'webhook'; readonly url: string; readonly secretRef: string };

export interface NoticeChannel {
  readonly settings: ChannelSettings;
  /** What happened before is not told on it. */
  readonly since: Date;
}

export type NoticeState = 'waiting' | 'sent' | 'given-up';

/** One thing to tell on one channel. */
export interface Notice {
  readonly id: string;
  readonly channel: Channel;
  /** What it is about, and which time of it: told once a channel. */
  readonly key: string;
  /** An e-mail address of its own; null: whom the channel is set up for. */
  readonly recipient: string | null;
  readonly title: string;
  readonly text: string;
  readonly state: NoticeState;
  readonly attempts: number;
  readonly nextAt: Date;
  /** Why the last attempt failed. */
  readonly failure: string | null;
  readonly createdAt: Date;
  readonly sentAt: Date | null;
}

export type News = Pick<Notice, 'key' | 'title' | 'text'> & Partial<Pick<Notice, 'recipient'>>;

/** One thing to write down, to be told on one channel. */
export interface QueuedNews {
  readonly id: string;
  readonly channel: Channel;
  readonly news: News;
}

/** About a day and a half, all pauses together. */
const MOST_ATTEMPTS = 10;
const LONGEST_PAUSE_MS = 6 * 3_600_000;

/** What becomes of a notice that could not be sent. @param attempts with this one */
export function afterFailure(attempts: number, now: Date): Pick<Notice, 'state' | 'nextAt'> {
  const pause = Math.min(LONGEST_PAUSE_MS, 60_000 * 3 ** (attempts - 1));
  return { state: attempts >= MOST_ATTEMPTS ? 'given-up' : 'waiting', nextAt: new Date(now.getTime() + pause) };
}

const HOST = /^[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?$/i;
const MAIL = /^[^\s@<>,;"]{1,64}@[a-z0-9.-]{1,190}$/i;

export function parseMail(field: string, text: string): string {
  if (MAIL.test(text.trim())) return text.trim();
  throw new Invalid('alamat-surel-salah', `"${text}" bukan alamat surel.`, { field });
}

/** `host` or `host:port`; 587 when left out. @throws Invalid */
export function parseMailServer(text: string): { readonly host: string; readonly port: number } {
  const [host = '', port = '587', ...more] = text.trim().split(':');
  const number = Number(port);
  if (HOST.test(host) && Number.isInteger(number) && number > 0 && number < 65_536 && more.length === 0) return { host, port: number };
  throw new Invalid('server-surel-salah', 'Server surel ditulis nama:port, misalnya smtp.kab.go.id:587.', { field: 'server' });
}

/** @throws Invalid for anything but http(s), or with a name and password in it: those would be shown */
export function parseUrl(field: string, text: string): string {
  const url = URL.parse(text.trim());
  if (url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return url.href;
  throw new Invalid('alamat-salah', 'Tulis alamat lengkap yang diawali https://, tanpa nama pengguna di dalamnya.', { field });
}
