import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

/** Says in another language what the pages say in Indonesian. */
export interface Phrasebook {
  /** A text without its phrase comes back as it is: rather Indonesian than nothing. */
  say(text: string): string;
  /** The phrase of exactly this text, with its places; the text itself when it has none. */
  phrase(text: string): string;
  /** Whether the text has a phrase; for the test that misses none. */
  knows(text: string): boolean;
}

interface Pattern {
  /** The longest of its own parts: a text without it need not be looked at more closely. */
  readonly anchor: string;
  readonly shape: RegExp;
  /** The order in which the source's values stand: `{2}` may come before `{1}`. */
  readonly places: readonly string[];
  readonly phrase: string;
  /** Letters of its own. */
  readonly words: number;
}

const PLACE = /\{(\d+)\}/g;
const KEPT_ANSWERS = 4_000;
const DEPTH = 4;
const SURE_WORDS = 9;
const SHORT_VALUE = 4;

/** The English phrases: `words.en.yaml`, read when the first page asks for them. */
export function englishPhrases(): Phrasebook {
  english ??= phrasebookOf(readPhrases());
  return english;
}

let english: Phrasebook | undefined;

function readPhrases(): Readonly<Record<string, string>> {
  const read: unknown = parse(readFileSync(fileURLToPath(new URL('words.en.yaml', import.meta.url)), 'utf8'));
  const entries = typeof read === 'object' && read !== null ? Object.entries(read) : [];
  return Object.fromEntries(entries.map(([source, phrase]) => [source, String(phrase)]));
}

/**
 * @param phrases by the Indonesian text, with single blanks. `{1}`, `{2}` … stand for values, as in
 * `Ulangi {1} pekerjaan?`; a value that is a phrase itself is said as well, anything else stays as it is.
 */
export function phrasebookOf(phrases: Readonly<Record<string, string>>): Phrasebook {
  const exact = new Map(Object.entries(phrases).filter(([source]) => source.search(PLACE) === -1));
  // The more words of its own a pattern has, the surer it is meant.
  const patterns = Object.entries(phrases)
    .filter(([source]) => source.search(PLACE) >= 0)
    .sort(([one], [other]) => ownLength(other) - ownLength(one))
    .map(([source, phrase]) => patternOf(source, phrase));
  const answers = new Map<string, string>();

  const find = (text: string, depth: number): string | null => {
    const known = exact.get(text);
    if (known !== undefined || depth > DEPTH) return known ?? null;
    for (const { anchor, shape, places, phrase, words } of patterns) {
      if (!text.includes(anchor)) continue;
      const values = shape.exec(text)?.slice(1);
      if (values === undefined || values.some((value) => isTooLong(value, words))) continue;
      return phrase.replaceAll(PLACE, (place) => {
        const value = values[places.indexOf(place)] ?? place;
        return find(value, depth + 1) ?? figure(value);
      });
    }
    const parts = text.split(' · ');
    return parts.length > 1 ? parts.map((part) => find(part, depth + 1) ?? figure(part)).join(' · ') : null;
  };

  return {
    phrase: (text) => phrases[text] ?? text,
    knows: (text) => find(text, 0) !== null,
    say: (text) => {
      const words = text.trim().replaceAll(/\s+/g, ' ');
      if (words === '') return text;
      const answer = answers.get(words) ?? find(words, 0) ?? figure(words);
      if (answers.size >= KEPT_ANSWERS) answers.clear();
      answers.set(words, answer);
      return answer === words ? text : `${/^\s*/.exec(text)?.[0] ?? ''}${answer}${/\s*$/.exec(text)?.[0] ?? ''}`;
    },
  };
}

function ownLength(source: string): number {
  return source.replaceAll(PLACE, '').replaceAll(/[^\p{L}]/gu, '').length;
}

/** `{1} di {2}` means a name or a number in a place, and not any sentence with "di" in it. */
function isTooLong(value: string, words: number): boolean {
  return words < SURE_WORDS && value.split(' ').length > SHORT_VALUE;
}

function patternOf(source: string, phrase: string): Pattern {
  const shape = source
    .split(PLACE)
    .map((part, index) => (index % 2 === 1 ? '(.+?)' : part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')))
    .join('');
  const anchor = source.split(/\{\d+\}/).reduce((longest, part) => (part.length > longest.length ? part : longest), '');
  return { anchor, shape: new RegExp(`^${shape}$`, 's'), places: source.match(PLACE) ?? [], phrase, words: ownLength(source) };
}

const MONTHS: Readonly<Record<string, string>> = { Mei: 'May', Agu: 'Aug', Agt: 'Aug', Okt: 'Oct', Des: 'Dec' };

/** Numbers, sizes, times and dates are written the English way: `1.234,5 MB`, `24 Des 2026 14.05 WIB`. */
function figure(text: string): string {
  if (/^-?\d{1,3}(\.\d{3})*(,\d+)?( ?(%|[kMGT]?B))?$/.test(text)) return text.replaceAll(/[.,]/g, (mark) => (mark === '.' ? ',' : '.'));
  return text
    .replace(/\b(\d{1,2}) (Mei|Agu|Agt|Okt|Des)\b/g, (_all, day: string, month: string) => `${day} ${MONTHS[month] ?? month}`)
    .replace(/\b(\d\d)\.(\d\d)(?:\.(\d\d))?(?=$| WI(B|TA|T)\b)/, (all) => all.replaceAll('.', ':'));
}
