import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { englishPhrases, phrasebookOf } from '../../src/ui/phrasebook.ts';
import { SCRIPT_TEXTS } from '../../src/ui/script-texts.ts';
import { translatePage } from '../../src/ui/translate.ts';
import { faultsOf, textOf } from '../support/html-check.ts';
import { openSite, smallWorld } from '../support/ui-site.ts';
import { piecesOf, textsForPeople } from '../support/ui-texts.ts';

/** Names, and what people type as it is. */
const SAME = new Set([
  'sukamaju.desa.id',
  'pindahan/{1}/{2}',
  'templates/apps',
  'openkab',
  'authorized_keys',
  'server',
  'Bahasa Indonesia',
  'English',
]);

test('every text for people has an English phrase', () => {
  const { knows } = englishPhrases();
  const texts = textsForPeople(['src', 'workers']);
  expect(texts.length).toBeGreaterThan(800);
  expect(texts.filter((text) => !SAME.has(text) && !piecesOf(text).every((piece) => knows(piece) || knows(text)))).toEqual([]);
});

test('so have the words of the audit, and other words that stand in lists', () => {
  const { knows } = englishPhrases();
  const words = ['audit-words', 'certificate-looks', 'job-words', 'present'].flatMap((name) =>
    [...readFileSync(`src/ui/${name}.ts`, 'utf8').matchAll(/^ {2}(?:'[a-z-]+'|[a-zA-Z]+): '([^']+)',?$/gm)].map(([, word = '']) => word),
  );
  expect(words.length).toBeGreaterThan(150);
  expect(words.filter((word) => !SAME.has(word) && !knows(word))).toEqual([]);
});

test('so has what manifests and settings call their parts', () => {
  const { knows } = englishPhrases();
  const manifests = readdirSync('templates', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yaml'));
  const texts = manifests.flatMap((name) => {
    const lines = readFileSync(`templates/${name}`, 'utf8').matchAll(/^\s*(?:- )?(?:label|hint|description): *'?([^'\n]+?)'?$/gm);
    return [...lines].map(([, text = '']) => text);
  });
  expect(texts.length).toBeGreaterThan(15);
  expect(texts.filter((text) => !knows(text))).toEqual([]);
});

test('every text a script says comes along with the page', () => {
  const folder = new URL('../../src/ui/assets/', import.meta.url);
  const scripts = readdirSync(folder).filter((name) => name.endsWith('.js'));
  const said = scripts.flatMap((name) =>
    [...readFileSync(new URL(name, folder), 'utf8').matchAll(/\bsay\((?:[^'()]+\? ?)?'([^']+)'(?: : '([^']+)')?/g)].flatMap(
      ([, ...texts]) => texts.filter((text) => text !== undefined),
    ),
  );
  expect(said.length).toBeGreaterThan(20);
  expect([...new Set(said)].sort()).toEqual([...SCRIPT_TEXTS].sort());
  const { knows } = englishPhrases();
  expect(SCRIPT_TEXTS.filter((text) => !knows(text))).toEqual([]);
});

test('phrases stand for whole texts, keep values in their places, and say what they know inside', () => {
  const { say } = phrasebookOf({
    Selesai: 'Done',
    'Ulangi {1} pekerjaan?': 'Repeat {1} jobs?',
    '{1} di {2}': 'in {2}: {1}',
    '{1} menit lalu': '{1} min ago',
  });
  expect(say(' Selesai\n ')).toBe(' Done\n ');
  expect(say('Ulangi 1.200 pekerjaan?')).toBe('Repeat 1,200 jobs?');
  expect(say('Selesai di Meninting')).toBe('in Meninting: Done');
  expect(say('Selesai · 3 menit lalu · Meninting')).toBe('Done · 3 min ago · Meninting');
  expect(say('Desa Selesai')).toBe('Desa Selesai');
  expect([say('12,4 MB'), say('24 Agu 2026 14.05 WIB'), say('v2410.0.0'), say('10.201.0.0')]).toEqual([
    '12.4 MB',
    '24 Aug 2026 14:05 WIB',
    'v2410.0.0',
    '10.201.0.0',
  ]);
});

test('only what is read is said: attributes for people, not values, code, or what is marked as no text of ours', async () => {
  const phrases = phrasebookOf({ Aktif: 'Active', Nama: 'Name' });
  const page =
    '<p title="Aktif">Aktif <b translate="no">Aktif<b>Aktif</b>Aktif</b> Aktif</p><input value="Aktif" placeholder="Nama"><code>Aktif</code>&lt;b&gt;';
  expect(await translatePage(page, phrases, 'en')).toBe(
    '<p title="Active">Active <b translate="no">Aktif<b>Aktif</b>Aktif</b> Active</p><input value="Aktif" placeholder="Name"><code>Aktif</code>&lt;b&gt;',
  );
});

test('a browser that asks for English gets its pages in English', async () => {
  const site = await openSite({ world: smallWorld() });
  const chosen = await site.get('/bahasa/en?lanjut=/desa');
  expect(chosen.location).toBe('/desa');
  const cookie = String(chosen.headers['set-cookie']).split(';')[0] ?? '';
  const english = await site.get('/desa', { cookie });
  expect(english.body).toContain('<html lang="en"');
  expect(faultsOf(english.body)).toEqual([]);
  expect(textOf(english.body)).toContain('All desa looked after on this server.');
  expect(textOf(english.body)).not.toMatch(/\b(yang|belum|tidak|semua|pilih|tambah)\b/i);
  expect((await site.get('/desa')).body).toContain('<html lang="id"');
});

test('the sign-in page speaks it too; anything else is Indonesian, and no link leads away', async () => {
  const site = await openSite({ actor: null });
  const { body } = await site.get('/masuk', { cookie: 'bahasa=en' });
  expect(textOf(body)).toContain('Use the account the admin of the kabupaten gave you.');
  expect((await site.get('/masuk', { cookie: 'bahasa="><b>' })).body).toContain('<html lang="id"');
  expect((await site.get('/bahasa/xx?lanjut=//jahat.example')).location).toBe('/');
});
