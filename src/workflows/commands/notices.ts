/** What people may ask for about being told: set a way up, take it away, try it. */
import { type Actor, requireMay } from '../../domain/access.ts';
import { changesOf } from '../../domain/changes.ts';
import { Invalid, NotFound } from '../../domain/errors.ts';
import { type Channel, type ChannelSettings, type Notice, parseMail, parseMailServer, parseUrl } from '../../domain/notice.ts';
import type { Toolbox } from '../../domain/ports.ts';
import type { Secret } from '../../domain/secret.ts';
import type { KodeTenant } from '../../domain/wilayah.ts';
import { requireTenant } from './tenants.ts';

/** As people write it. `secret`: the mail account's password, the bot's token, or the key that signs webhooks. */
export type ChannelRequest =
  | {
      readonly channel: 'email';
      readonly server: string;
      readonly tls?: boolean;
      readonly from: string;
      readonly to: string;
      /** Left out: without signing in. */
      readonly username?: string;
      readonly secret: Secret | null;
    }
  | { readonly channel: 'telegram'; readonly chat: string; readonly server?: string; readonly secret: Secret | null }
  | { readonly channel: 'webhook'; readonly url: string; readonly secret: Secret | null };

const TELEGRAM = 'https://api.telegram.org';

/** They tell of all desa, so whoever looks after one region sees none. Newest first. */
export async function listNotices(tools: Toolbox, actor: Actor, limit: number): Promise<readonly Notice[]> {
  return actor.wilayah === null ? tools.notices.list(limit) : [];
}

/** @throws Invalid, Forbidden */
export async function setChannel(tools: Toolbox, actor: Actor, input: ChannelRequest): Promise<void> {
  requireMay(actor, 'configure', null);
  const before = (await tools.notices.channels()).find(({ settings }) => settings.channel === input.channel)?.settings ?? null;
  const secretRef = input.secret === null ? (before?.secretRef ?? null) : `notices/${tools.ids.next()}`;
  const settings = settingsOf(input, secretRef);
  if (input.secret !== null && secretRef !== null) await tools.vault.put(secretRef, input.secret);
  await tools.notices.saveChannel({ settings, since: tools.clock.now() });
  if (before?.secretRef != null && before.secretRef !== settings.secretRef) await tools.vault.remove(before.secretRef);
  await tools.audit.note({
    actor: actor.username,
    action: 'set-channel',
    target: input.channel,
    detail: changesOf(told(before), told(settings)),
  });
}

/** Without what belongs in the vault; a webhook's address may hold a key, so only its host. */
function told(settings: ChannelSettings | null) {
  if (settings === null) return null;
  const { secretRef: _kept, ...shown } = settings;
  return shown.channel === 'webhook' ? { ...shown, url: new URL(shown.url).host } : shown;
}

function settingsOf(input: ChannelRequest, secretRef: string | null): ChannelSettings {
  switch (input.channel) {
    case 'email':
      return mailSettings(input, secretRef);
    case 'telegram': {
      if (!/^(-?\d{3,20}|@\w{3,64})$/.test(input.chat.trim())) {
        throw new Invalid('obrolan-salah', 'Nomor obrolan berupa angka, atau @nama_saluran.', { field: 'obrolan' });
      }
      const server = parseUrl('server', input.server?.trim() || TELEGRAM).replace(/\/$/, '');
      return { channel: 'telegram', chat: input.chat.trim(), server, secretRef: needed(secretRef, 'Token bot') };
    }
    case 'webhook':
      return { channel: 'webhook', url: parseUrl('alamat', input.url), secretRef: needed(secretRef, 'Kunci tanda tangan') };
    default:
      return input satisfies never;
  }
}

function mailSettings(input: Extract<ChannelRequest, { channel: 'email' }>, secretRef: string | null): ChannelSettings {
  const to = input.to.split(/[\s,;]+/).filter((one) => one !== '');
  if (to.length === 0) throw new Invalid('alamat-surel-salah', 'Sebutkan paling sedikit satu penerima.', { field: 'kepada' });
  const username = input.username?.trim() || null;
  return {
    ...{ channel: 'email', ...parseMailServer(input.server), tls: input.tls ?? false, username },
    ...{ from: parseMail('dari', input.from), to: to.map((one) => parseMail('kepada', one)) },
    secretRef: username === null ? null : needed(secretRef, 'Kata sandi akun surel'),
  };
}

function needed(secretRef: string | null, what: string): string {
  if (secretRef !== null) return secretRef;
  throw new Invalid('rahasia-kosong', `${what} belum diisi.`, { field: 'rahasia' });
}

export async function dropChannel(tools: Toolbox, actor: Actor, channel: Channel): Promise<void> {
  requireMay(actor, 'configure', null);
  const before = (await tools.notices.channels()).find(({ settings }) => settings.channel === channel)?.settings;
  await tools.notices.removeChannel(channel);
  if (before?.secretRef != null) await tools.vault.remove(before.secretRef);
  await tools.audit.note({ actor: actor.username, action: 'drop-channel', target: channel, detail: changesOf(told(before ?? null), null) });
}

/** Queues a notice that says it is a trial; what came of it is seen in the list. @throws NotFound for a way that is not set up */
export async function tryChannel(tools: Toolbox, actor: Actor, channel: Channel): Promise<void> {
  requireMay(actor, 'configure', null);
  const found = (await tools.notices.channels()).some(({ settings }) => settings.channel === channel);
  if (!found) throw new NotFound('saluran-tidak-ada', 'Saluran ini belum diatur.');
  const id = tools.ids.next();
  const news = {
    key: `trial ${id}`,
    title: 'Percobaan pemberitahuan Pendopo',
    text: `Diminta oleh ${actor.username}. Saluran ini bekerja.`,
  };
  await tools.notices.queue([{ id, channel, news }]);
  await tools.audit.note({ actor: actor.username, action: 'try-channel', target: channel });
}

/**
 * Whom a desa wants to be told by e-mail before and after its own updates. An empty address: nobody.
 * @throws Invalid, NotFound for a desa that is not registered
 */
export async function setContact(tools: Toolbox, actor: Actor, input: { kode: KodeTenant; email: string }): Promise<string | null> {
  requireMay(actor, 'create-tenant', input.kode);
  await requireTenant(tools, input.kode);
  const email = input.email.trim() === '' ? null : parseMail('email', input.email);
  const before = (await tools.notices.contacts([input.kode])).get(input.kode) ?? null;
  if (before !== email) await tools.notices.saveContact(input.kode, email);
  await tools.audit.note({
    actor: actor.username,
    action: 'set-contact',
    target: input.kode,
    detail: changesOf({ email: before }, { email }),
  });
  return email;
}
