// For `cookies` and `setCookie`; the API registers the plugin.
import type {} from '@fastify/cookie';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Html, html } from './html.ts';
import { pathWith, readInput } from './input.ts';
import { HIDDEN } from './options.ts';
import { englishPhrases } from './phrasebook.ts';
import { SCRIPT_TEXTS } from './script-texts.ts';
import { safeNext } from './sign-in.ts';
import { translatePage } from './translate.ts';

/** Written by hand in Indonesian; English is said after it. */
const LANGUAGES = [
  { value: 'id', label: 'Bahasa Indonesia' },
  { value: 'en', label: 'English' },
] as const;

export type Language = (typeof LANGUAGES)[number]['value'];

/** Belongs to the browser, not to the account: the sign-in page speaks it too. */
const COOKIE = 'bahasa';
const YEAR_SECONDS = 31_536_000;

export function languageOf(request: FastifyRequest): Language {
  return LANGUAGES.find(({ value }) => value === request.cookies[COOKIE])?.value ?? 'id';
}

/** Sends a page, or a part of one, in the language of this browser. */
export async function sendPage(request: FastifyRequest, reply: FastifyReply, status: number, markup: string): Promise<FastifyReply> {
  const language = languageOf(request);
  const said = language === 'id' ? markup : await translatePage(markup, englishPhrases(), language);
  // Pages hold what only the signed-in may see, and now and then a password: nothing keeps a copy.
  return reply.code(status).header('cache-control', 'no-store').type('text/html; charset=utf-8').send(said);
}

/** What the scripts of a page need to say; nothing where they speak for themselves. */
export function scriptPhrases(language: Language): string | null {
  if (language === 'id') return null;
  const { phrase } = englishPhrases();
  return JSON.stringify(Object.fromEntries(SCRIPT_TEXTS.map((text) => [text, phrase(text)])));
}

/** The same page again in the other language. */
export function languageLinks({ language, path }: { readonly language: Language | null; readonly path: string }): Html {
  return html`<p class="pd-languages" translate="no">${LANGUAGES.map(({ value, label }) => html`<a href="${pathWith(`/bahasa/${value}`, { lanjut: path })}" lang="${value}" hreflang="${value}"${value === language && html` aria-current="true"`}>${label}</a>`)}</p>`;
}

/** Choosing a language: open to everybody, because the sign-in page needs it first. */
export function registerLanguage(app: FastifyInstance): void {
  app.get('/bahasa/:bahasa', HIDDEN, async (request, reply) => {
    const wanted = readInput(request.params).text('bahasa');
    const language = LANGUAGES.find(({ value }) => value === wanted)?.value ?? 'id';
    reply.setCookie(COOKIE, language, { path: '/', httpOnly: true, sameSite: 'lax', maxAge: YEAR_SECONDS });
    return reply.redirect(safeNext(readInput(request.query).text('lanjut')), 303);
  });
}
