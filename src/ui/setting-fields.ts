import type { SettingManifest } from '../domain/manifest.ts';
import type { Settings } from '../domain/setting.ts';
import { type Html, html, NOTHING } from './html.ts';
import { icon } from './icons.ts';
import type { Input } from './input.ts';
import { option } from './parts.ts';

/** What stands in a form of settings. */
export interface Filled {
  readonly values: Settings;
  /** Before the name of every field, so that several apps fit into one form. */
  readonly prefix: string;
  /** The field that was refused, and why. */
  readonly fault?: { readonly name: string; readonly text: string } | null;
}

/** One field a setting, as its kind is typed. A secret is never shown: an empty field leaves it as it is. */
export function settingFields(settings: readonly SettingManifest[], filled: Filled): readonly Html[] {
  return settings.map((setting) => {
    const { name, label, hint } = setting;
    const id = `${filled.prefix}${name}`.replaceAll(/[^a-z0-9-]/g, '-');
    const fault = filled.fault?.name === name ? filled.fault.text : null;
    const help = hint !== undefined && html`<p class="pd-hint" id="${id}-arti">${hint}</p>`;
    return html`<div class="pd-field"><label class="form-label" for="${id}">${label}</label>
      ${control(setting, id, filled, fault !== null)}${help}
      ${fault !== null && html`<p class="pd-field-error">${icon('awas', 'pd-icon-sm')}<span>${fault}</span></p>`}</div>`;
  });
}

function control(
  { name, kind, options, hint, default: usual, min, max }: SettingManifest,
  id: string,
  filled: Filled,
  isWrong: boolean,
): Html {
  const value = filled.values[name] ?? usual;
  const field = `${filled.prefix}${name}`;
  const common = html`id="${id}" name="${field}"${hint !== undefined && html` aria-describedby="${id}-arti"`}${isWrong && html` aria-invalid="true"`}`;
  switch (kind) {
    case 'choice':
      return html`<select class="form-select" ${common}>${options.map((one) => option(one, one.replaceAll('-', ' '), value))}</select>`;
    case 'secret':
      return html`<input class="form-control" type="password" autocomplete="new-password" ${common} placeholder="${value === '' ? 'Belum diisi' : 'Tersimpan; isi untuk mengganti'}">${value === '' ? NOTHING : html`<label class="pd-inline-check"><input class="form-check-input" type="checkbox" name="kosongkan:${field}" value="ya"> Kosongkan</label>`}`;
    case 'number':
      return html`<input class="form-control" type="number" inputmode="decimal" step="${min === undefined || Number.isInteger(min) ? '1' : '0.05'}"${min !== undefined && html` min="${min}"`}${max !== undefined && html` max="${max}"`} value="${value}" ${common}>`;
    case 'date':
    case 'email':
    case 'text':
      return html`<input class="form-control" type="${kind}" value="${value}" maxlength="200" ${common}>`;
    default:
      return kind satisfies never;
  }
}

/** What a form says of these settings. Fields that were not sent stay as they are, and so do secrets left empty. */
export function sentSettings(form: Input, settings: readonly SettingManifest[], prefix: string): Settings {
  const sent = form.startingWith(prefix);
  return Object.fromEntries(
    settings.flatMap(({ name, kind }): readonly (readonly [string, string])[] => {
      if (kind === 'secret' && form.text(`kosongkan:${prefix}${name}`) !== '') return [[name, '']];
      const value = sent[name];
      return value === undefined || (kind === 'secret' && value === '') ? [] : [[name, value]];
    }),
  );
}
