import { describe, expect, test } from 'vitest';
import { html, NOTHING } from '../../src/ui/html.ts';
import { pathWith, readInput } from '../../src/ui/input.ts';

describe('html', () => {
  test('escapes text, keeps markup, leaves nothing for nothing', () => {
    const inner = html`<b>${'<i>'}</b>`;
    expect(`${html`<p>${inner}${'&'}${3}${null}${undefined}${false}${NOTHING}</p>`}`).toBe('<p><b>&#60;i&#62;</b>&#38;3</p>');
  });

  test('joins lists of markup and of text', () => {
    expect(`${html`${['<', html`<br>`, ['>']]}`}`).toBe('&#60;<br>&#62;');
  });

  test('keeps an exclamation mark before a value, and still escapes the value', () => {
    expect(`${html`Awas!${'<b>'}`}`).toBe('Awas!&#60;b&#62;');
  });

  test('a value cannot leave its attribute', () => {
    expect(`${html`<a title="${'" onclick="x'}">`}`).toBe('<a title="&#34; onclick&#61;&#34;x">');
  });
});

describe('readInput', () => {
  test('takes texts and lists of texts, and nothing else', () => {
    const input = readInput({ nama: ' Sukamaju ', desa: ['a', 'b', 3], angka: 7, 'domain:a': 'a.id' });
    expect(input.text('nama')).toBe('Sukamaju');
    expect(input.raw('nama')).toBe(' Sukamaju ');
    expect(input.all('desa')).toEqual(['a', 'b']);
    expect(input.text('angka')).toBe('');
    expect(input.startingWith('domain:')).toEqual({ a: 'a.id' });
  });

  test('anything that is no form counts as an empty one', () => {
    for (const sent of [null, undefined, 'text', 3, []]) expect(readInput(sent).text('x')).toBe('');
  });
});

test('pathWith leaves out what is empty and encodes what is not', () => {
  expect(pathWith('/desa', { cari: 'a&b', kecamatan: '', sesudah: null })).toBe('/desa?cari=a%26b');
  expect(pathWith('/desa', {})).toBe('/desa');
});
