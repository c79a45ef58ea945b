/** Ports of telling people. What holds for all of them stands in ports.ts. */
import type { Channel, ChannelSettings, Notice, NoticeChannel, QueuedNews } from './notice.ts';
import type { KodeTenant } from './wilayah.ts';

export interface Notices {
  channels(): Promise<readonly NoticeChannel[]>;
  saveChannel(channel: NoticeChannel): Promise<void>;
  removeChannel(channel: Channel): Promise<void>;
  /** Writes down what is to be told; a key that was written down before for that channel is left as it is. */
  queue(items: readonly QueuedNews[]): Promise<void>;
  /** The e-mail addresses of desa (or kecamatan) that want to be told themselves; of all, or of some. */
  contacts(kodes?: readonly KodeTenant[]): Promise<ReadonlyMap<KodeTenant, string>>;
  /** null takes the address away. */
  saveContact(kode: KodeTenant, email: string | null): Promise<void>;
  /** Waiting ones whose time has come, oldest first. */
  due(now: Date, limit: number): Promise<readonly Notice[]>;
  save(id: string, change: Partial<Pick<Notice, 'state' | 'attempts' | 'nextAt' | 'failure' | 'sentAt'>>): Promise<void>;
  /** Newest first. */
  list(limit: number): Promise<readonly Notice[]>;
}

export interface Courier {
  /** Hands it over; returns once the other side has taken it. @throws Broken with a reason that names no secret */
  deliver(
    settings: ChannelSettings,
    notice: Pick<Notice, 'id' | 'title' | 'text' | 'createdAt' | 'recipient'>,
    signal: AbortSignal,
  ): Promise<void>;
}
