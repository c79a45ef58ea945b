/** Telling people: what is new is queued in MariaDB for each way that is set up, and sent until the other side has taken it. */
import { afterFailure, type ChannelSettings, type Notice, type NoticeChannel } from '../domain/notice.ts';
import type { Toolbox } from '../domain/ports.ts';
import { gatherNews } from './news.ts';
import { gatherDesaNews } from './news-desa.ts';

const HOLD_MS = 60_000;
const AT_ONCE = 10;

/** One look at what is new, and one round of sending. One worker at a time: the look reads the whole fleet. */
export async function keepNotices(tools: Toolbox, holder: string, signal: AbortSignal): Promise<void> {
  const channels = await tools.notices.channels();
  if (channels.length === 0) return;
  const lease = await tools.leases.acquire('notices', holder, HOLD_MS);
  if (lease === null) return;
  try {
    await queueNews(tools, channels);
    for (const notice of await tools.notices.due(tools.clock.now(), AT_ONCE)) {
      if (signal.aborted || !(await tools.leases.renew(lease, HOLD_MS))) return;
      await send(tools, notice, channels.find(({ settings }) => settings.channel === notice.channel)?.settings, signal);
    }
  } finally {
    await tools.leases.release(lease);
  }
}

async function queueNews(tools: Toolbox, channels: readonly NoticeChannel[]): Promise<void> {
  const found = await gatherNews(tools);
  const hasMail = channels.some(({ settings }) => settings.channel === 'email');
  const forDesa = hasMail ? await gatherDesaNews(tools) : [];
  for (const { settings, since } of channels) {
    const own = settings.channel === 'email' ? [...found, ...forDesa] : found;
    const told = own.filter(({ at }) => at >= since);
    await tools.notices.queue(told.map(({ at: _at, ...news }) => ({ id: tools.ids.next(), channel: settings.channel, news })));
  }
}

async function send(tools: Toolbox, notice: Notice, settings: ChannelSettings | undefined, signal: AbortSignal): Promise<void> {
  if (settings === undefined) return tools.notices.save(notice.id, { state: 'given-up', failure: 'Saluran ini tidak diatur lagi.' });
  const attempts = notice.attempts + 1;
  try {
    await tools.courier.deliver(settings, notice, signal);
    await tools.notices.save(notice.id, { state: 'sent', attempts, failure: null, sentAt: tools.clock.now() });
  } catch (error) {
    signal.throwIfAborted();
    const failure = error instanceof Error ? error.message : String(error);
    tools.log.warn({ notice: notice.id, channel: notice.channel, attempts, failure }, 'notice not sent');
    await tools.notices.save(notice.id, { attempts, failure, ...afterFailure(attempts, tools.clock.now()) });
  }
}
