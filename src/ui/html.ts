import { html as ghtml } from 'ghtml';

/**
 * A piece of finished markup. Only `html` makes one, so a plain string is always text and always escaped,
 * and markup is never escaped twice.
 */
export class Html {
  readonly #markup: string;

  private constructor(markup: string) {
    this.#markup = markup;
  }

  static join(literals: readonly string[], children: readonly Child[]): Html {
    let markup = literals[0] ?? '';
    for (const [index, child] of children.entries()) markup += write(child) + (literals[index + 1] ?? '');
    return new Html(markup);
  }

  toString(): string {
    return this.#markup;
  }
}

/** What may stand in a template: markup, text, or nothing. */
export type Child = Html | string | number | false | null | undefined | readonly Child[];

/**
 * Markup from a template literal. Attribute values must stand in double quotes.
 *
 * ghtml escapes one string at a time here: its own convention of `!${}` for nested markup is easy to forget,
 * and swallows an exclamation mark that happens to stand before a value.
 */
export function html(literals: TemplateStringsArray, ...children: readonly Child[]): Html {
  return Html.join(literals, children);
}

/** Nothing to show. */
export const NOTHING = html``;

function write(child: Child): string {
  if (child instanceof Html) return child.toString();
  if (typeof child === 'string') return ghtml`${child}`;
  if (typeof child === 'number') return String(child);
  if (child === false || child === null || child === undefined) return '';
  return child.map(write).join('');
}
