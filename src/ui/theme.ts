import { type Html, html } from './html.ts';
import { csrfField } from './parts.ts';
import { safeNext } from './sign-in.ts';
import type { Answer, Visit } from './visit.ts';

const THEMES = [
  { value: 'terang', label: 'Terang' },
  { value: 'gelap', label: 'Gelap' },
  { value: 'sistem', label: 'Sistem' },
] as const;

/** How bright a person wants the pages; `sistem` follows their machine. */
export type Theme = (typeof THEMES)[number]['value'];

const PREFERENCE = 'tema';

export function themeOf(preferences: Readonly<Record<string, string>>): Theme {
  return THEMES.find(({ value }) => value === preferences[PREFERENCE])?.value ?? 'sistem';
}

export function themeChoice({ csrf, theme, path }: { readonly csrf: string; readonly theme: Theme; readonly path: string }): Html {
  return html`<form class="pd-theme" method="post" action="/tampilan" role="group" aria-label="Tampilan">${csrfField({ csrf })}<input type="hidden" name="lanjut" value="${path}">
    ${THEMES.map(({ value, label }) => html`<button type="submit" name="tema" value="${value}" aria-pressed="${value === theme ? 'true' : 'false'}">${label}</button>`)}</form>`;
}

export async function changeTheme({ tools, actor, form }: Visit): Promise<Answer> {
  await tools.preferences.save(actor.id, PREFERENCE, themeOf({ [PREFERENCE]: form.text('tema') }));
  return { kind: 'redirect', to: safeNext(form.text('lanjut')) };
}
