import { Readable } from 'node:stream';
import { text as readAll } from 'node:stream/consumers';
import type { Phrasebook } from './phrasebook.ts';

/** Attributes that are read by people. */
export const READ_ATTRIBUTES: ReadonlySet<string> = new Set([
  'alt',
  'aria-description',
  'aria-label',
  'data-kabar',
  'data-konfirmasi',
  'data-label',
  'label',
  'placeholder',
  'title',
]);
/** What stands inside is no text of ours; HTML's own `translate="no"`, on an element with an end, marks the rest. */
const LEFT_ALONE: ReadonlySet<string> = new Set(['script', 'style', 'textarea', 'pre', 'code']);

/**
 * A finished page, or a part of one, in another language. Works on what is shown and not on how it was put together,
 * so that a text from a template, a manifest and the record of a job are said alike.
 */
export async function translatePage(markup: string, phrases: Phrasebook, language: string): Promise<string> {
  // Only who asks for another language pays for the parser.
  const { RewritingStream } = await import('parse5-html-rewriting-stream');
  const stream = new RewritingStream();
  const closed: string[] = [];
  stream.on('startTag', (tag) => {
    for (const attribute of tag.attrs) {
      if (READ_ATTRIBUTES.has(attribute.name)) attribute.value = phrases.say(attribute.value);
      if (attribute.name === 'lang' && tag.tagName === 'html') attribute.value = language;
    }
    const isClosed = LEFT_ALONE.has(tag.tagName) || tag.attrs.some(({ name, value }) => name === 'translate' && value === 'no');
    if (isClosed || closed.at(-1) === tag.tagName) closed.push(tag.tagName);
    stream.emitStartTag(tag);
  });
  stream.on('endTag', (tag) => {
    if (closed.at(-1) === tag.tagName) closed.pop();
    stream.emitEndTag(tag);
  });
  stream.on('text', (token, raw) => {
    if (closed.length > 0) stream.emitRaw(raw);
    else stream.emitText({ ...token, text: phrases.say(token.text) });
  });
  return readAll(Readable.from([markup]).pipe(stream));
}
