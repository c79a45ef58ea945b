/** Ports of telling people. What holds for all of them stands in ports.ts. */
import type { Channel, ChannelSettings, News, Notice, NoticeChannel } from './notice.ts';

export interface Notices {
  channels(): Promise<readonly NoticeChannel[]>;
  saveChannel(channel: NoticeChannel): Promise<void>;
  removeChannel(channel: Channel): Promise<void>;
  /** Writes it down to be told on that channel; false when that key was written down before. */
  queue(id: string, channel: Channel, news: News): Promise<boolean>;
  /** Waiting ones whose time has come, oldest first. */
  due(now: Date, limit: number): Promise<readonly Notice[]>;
  save(id: string, change: Partial<Pick<Notice, 'state' | 'attempts' | 'nextAt' | 'failure' | 'sentAt'>>): Promise<void>;
  /** Newest first. */
  list(limit: number): Promise<readonly Notice[]>;
}

export interface Courier {
  /** Hands it over; returns once the other side has taken it. @throws Broken with a reason that names no secret */
  deliver(settings: ChannelSettings, notice: Pick<Notice, 'id' | 'title' | 'text' | 'createdAt'>, signal: AbortSignal): Promise<void>;
}
