import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { READ_ATTRIBUTES } from '../../src/ui/translate.ts';

/** Errors whose words people read, and which of their arguments they are. */
const ERRORS: ReadonlyMap<string, number> = new Map([
  ...['NotFound', 'Conflict', 'Forbidden', 'Invalid', 'Unavailable', 'Broken'].map((name) => [name, 1] as const),
  ['Refusal', 2],
]);
const FIELDS: ReadonlySet<string> = new Set(['advice', 'empty', 'hint', 'label', 'lead', 'title', 'word']);
const TAG = /<\/?[a-zA-Z!](?:"[^"]*"|[^<>"])*>/g;

/**
 * What people may read on a page, as far as the source tells: texts and attributes of templates, sentences and
 * labels of the pages, and what errors say and advise. `{1}`, `{2}` … stand for values.
 */
export function textsForPeople(folders: readonly string[]): readonly string[] {
  const texts = new Set<string>();
  for (const file of folders.flatMap(filesBelow)) {
    const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
    const visit = (node: ts.Node): void => {
      for (const text of textsAt(node, file.includes('src/api/'))) texts.add(numbered(text));
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return [...texts].filter((text) => /[A-Za-z]{2}/.test(text.replaceAll(/\{\d+\}/g, '')));
}

/** A template's text may be shown whole, or in pieces around markup: the pieces of one text. */
export function piecesOf(text: string): readonly string[] {
  return text
    .split(/\{\d+\}/)
    .map((piece) => piece.trim())
    .filter((piece) => /[A-Za-z]{2}/.test(piece));
}

function textsAt(node: ts.Node, isDescription: boolean): readonly string[] {
  if (ts.isTaggedTemplateExpression(node) && node.tag.getText() === 'html') return textsOfMarkup(joined(node.template));
  if (!isText(node) || ts.isTaggedTemplateExpression(node.parent)) return [];
  const { parent } = node;
  const place = ts.isNewExpression(parent) ? ERRORS.get(parent.expression.getText()) : undefined;
  const isMessage = place !== undefined && ts.isNewExpression(parent) && parent.arguments?.[place] === node;
  const isField = ts.isPropertyAssignment(parent) && FIELDS.has(parent.name.getText());
  const isSentence = !isDescription && /^[A-Z{][^<>]*[a-z}][.?!…]$/.test(node.getText().slice(1, -1)) && /\s/.test(node.getText());
  return isMessage || isField || isSentence ? [joined(node)] : [];
}

type Text = ts.StringLiteral | ts.NoSubstitutionTemplateLiteral | ts.TemplateExpression;

function isText(node: ts.Node): node is Text {
  return ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node) || ts.isTemplateExpression(node);
}

function joined(template: ts.TemplateLiteral | Text): string {
  if (!ts.isTemplateExpression(template)) return template.text;
  return template.head.text + template.templateSpans.map(({ literal }) => `{0}${literal.text}`).join('');
}

function textsOfMarkup(markup: string): readonly string[] {
  // Attributes that are put in on a condition are templates without a tag, and begin with a blank.
  if (/^ ?[\w-]+=|^ [\w-]+$/.test(markup)) return [...markup.matchAll(/([\w-]+)="([^"]*)"/g)].flatMap(readAttribute);
  const attributes = [...markup.matchAll(TAG)].flatMap(([tag]) => [...tag.matchAll(/([\w:@.-]+)="([^"]*)"/g)].flatMap(readAttribute));
  return [...markup.split(TAG), ...attributes];
}

function readAttribute([, name = '', value = '']: RegExpMatchArray): readonly string[] {
  return READ_ATTRIBUTES.has(name) ? [value] : [];
}

function numbered(text: string): string {
  let place = 0;
  return text
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll('{0}', () => {
      place += 1;
      return `{${place}}`;
    });
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}
