import { createHmac } from 'node:crypto';
import nodemailer from 'nodemailer';
import { Broken } from '../domain/errors.ts';
import type { ChannelSettings } from '../domain/notice.ts';
import type { Courier } from '../domain/ports-notices.ts';
import type { Vault } from '../domain/ports-world.ts';
import { errorCode } from './outside-errors.ts';

type Note = Parameters<Courier['deliver']>[1];
type Of<C extends ChannelSettings['channel']> = Extract<ChannelSettings, { channel: C }>;

const PATIENCE_MS = 20_000;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;

/** E-mail, Telegram and signed webhooks. What fails says why without address or secret of the other side. */
export function createCourier(vault: Pick<Vault, 'read'>): Courier {
  return {
    deliver(settings, note, signal) {
      switch (settings.channel) {
        case 'email':
          return sendMail(settings, note, vault);
        case 'telegram':
          return sendTelegram(settings, note, vault, signal);
        case 'webhook':
          return callWebhook(settings, note, vault, signal);
        default:
          return settings satisfies never;
      }
    },
  };
}

async function sendMail(settings: Of<'email'>, note: Note, vault: Pick<Vault, 'read'>): Promise<void> {
  const { host, port, tls, from, to, username, secretRef } = settings;
  const auth = username === null || secretRef === null ? {} : { auth: { user: username, pass: (await vault.read(secretRef)).expose() } };
  const mailer = nodemailer.createTransport({
    ...{ host, port, secure: tls, ...auth },
    // A password goes to a server that has shown who it is, or to this machine.
    requireTLS: username !== null && !LOOPBACK.test(host),
    ...{ connectionTimeout: PATIENCE_MS, greetingTimeout: PATIENCE_MS, socketTimeout: PATIENCE_MS },
    // A message is text that we wrote; it fetches nothing.
    ...{ disableFileAccess: true, disableUrlAccess: true },
  });
  try {
    await mailer.sendMail({
      ...{ from, to: note.recipient === null ? [...to] : [note.recipient], subject: note.title, text: note.text, date: note.createdAt },
      // A server that saw it before the connection broke can tell that it is the same.
      messageId: `<${note.id}@pendopo>`,
    });
  } catch (error) {
    throw refused('Server surel', errorCode(error) ?? 'menolak', error);
  } finally {
    mailer.close();
  }
}

async function sendTelegram(settings: Of<'telegram'>, note: Note, vault: Pick<Vault, 'read'>, signal: AbortSignal): Promise<void> {
  // Telegram wants its token in the path; nothing but this request ever sees that address.
  const token = (await vault.read(settings.secretRef)).expose();
  const body = JSON.stringify({ chat_id: settings.chat, text: `${note.title}\n\n${note.text}`, disable_web_page_preview: true });
  await post('Telegram', `${settings.server}/bot${token}/sendMessage`, { 'content-type': 'application/json' }, body, signal);
}

/** The receiver computes the same over `<time>.<body>` and refuses what is old: nobody else can call it, nor repeat a call. */
async function callWebhook(settings: Of<'webhook'>, note: Note, vault: Pick<Vault, 'read'>, signal: AbortSignal): Promise<void> {
  const { id, title, text, createdAt } = note;
  const body = JSON.stringify({ id, title, text, createdAt: createdAt.toISOString() });
  const time = Math.floor(Date.now() / 1_000);
  const key = (await vault.read(settings.secretRef)).expose();
  const signature = createHmac('sha256', key).update(`${time}.${body}`).digest('hex');
  const headers = { 'content-type': 'application/json', 'pendopo-notice': id, 'pendopo-signature': `t=${time},v1=${signature}` };
  await post('Webhook', settings.url, headers, body, signal);
}

async function post(who: string, url: string, headers: Record<string, string>, body: string, signal: AbortSignal): Promise<void> {
  let status: number;
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
    const answer = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal: limit });
    status = answer.status;
    await answer.body?.cancel();
  } catch {
    signal.throwIfAborted();
    // Its message may hold the address, and Telegram's address holds a secret.
    throw refused(who, 'tidak terjangkau', null);
  }
  if (status < 200 || status > 299) throw refused(who, `menjawab HTTP ${status}`, null);
}

function refused(who: string, why: string, cause: unknown): Broken {
  return new Broken('pemberitahuan-gagal', `${who} ${why}.`, cause === null ? {} : { cause });
}
