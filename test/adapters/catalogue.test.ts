import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCatalogue } from '../../src/adapters/catalogue.ts';
import { Secret } from '../../src/domain/secret.ts';
import { failure } from '../support/failure.ts';

const RUNTIME = 'name: php8.2\nbase: bookworm\npackages: [php8.2-cli]\nserve: [/usr/local/bin/serve]\n';

/** The least an app must say. */
const APP = `
name: surat
title: Surat
description: Surat desa.
scope: desa
mount: /
source: {repo: 'https://contoh.id/surat.git', tags: '^v(\\d+)$'}
runtime: php8.2
image: {code: /var/www/html}
probes: [{kind: live, path: /, status: 200}]
limits: {memoryMb: 64, cpus: 0.5, pids: 32, startSeconds: 10}
`;

let folder: string;

function put(path: string, content: string): void {
  const file = join(folder, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, content);
}

function load(repos: Record<string, string> = {}) {
  return createCatalogue({ templatesFolder: folder, repos: new Map(Object.entries(repos)) });
}

/** The lines of what is wrong with app `surat` when its manifest gets these lines more, or its text is changed. */
async function faults(change: string | ((app: string) => string)): Promise<string[]> {
  put('apps/surat/app.yaml', typeof change === 'string' ? APP + change : change(APP));
  const error = await failure(() => load().entry('surat'));
  expect([error.kind, error.code]).toEqual(['invalid', 'manifes-salah']);
  return error.message.split('\n').slice(1);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pendopo-katalog-'));
  put('runtimes/php8.2/runtime.yaml', RUNTIME);
  put('runtimes/php8.2/image/usr/local/bin/serve', '#!/bin/sh\n');
  put('apps/surat/app.yaml', APP);
  put('apps/surat/image/etc/nginx/app.conf', 'root /var/www/html;\n');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the templates that come with Pendopo', () => {
  const templatesFolder = fileURLToPath(new URL('../../templates', import.meta.url));
  const catalogue = createCatalogue({ templatesFolder, repos: new Map() });

  test.each(catalogue.names())('%s has no faults', (name) => {
    const { manifest, runtime, digest } = catalogue.entry(name);
    expect(manifest.name).toBe(name);
    expect(runtime.name).toBe(manifest.runtime);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    for (const { template } of manifest.files) expect(catalogue.fileTemplate(name, template)).not.toBe('');
  });
});

describe('an app', () => {
  test('may leave out what has a usual value', () => {
    expect(load().names()).toEqual(['surat']);
    expect(load().entry('surat')).toMatchObject({
      manifest: {
        sample: false,
        egress: 'none',
        settings: ['batas-memori', 'batas-cpu', 'batas-proses', 'jaringan'].map((name) => ({ name, group: 'wadah' })),
        secrets: [],
        volumes: [],
        files: [],
        database: null,
        source: { version: null },
        image: { directories: [] },
        commands: { seed: null, identify: null, migrate: null, status: null },
        probes: [{ contains: [], lacks: [] }],
      },
      runtime: { name: 'php8.2', serve: ['/usr/local/bin/serve'] },
      runtimeFolders: [join(folder, 'runtimes/php8.2/image')],
      imageFolders: [join(folder, 'apps/surat/image')],
      repo: 'https://contoh.id/surat.git',
    });
  });

  test('gets its code from where the operator says', () => {
    expect(load({ surat: '/srv/cermin/surat.git' }).entry('surat').repo).toBe('/srv/cermin/surat.git');
  });

  test('shares files of its image with others, below its own; a change of them is a change of it', async () => {
    put('layers/laravel/etc/nginx/app.conf', 'root /public;\n');
    put('apps/surat/app.yaml', `${APP}layers: [laravel]\n`);
    const before = load().entry('surat');
    expect(before.imageFolders).toEqual([join(folder, 'layers/laravel'), join(folder, 'apps/surat/image')]);
    put('layers/laravel/etc/nginx/app.conf', 'root /other;\n');
    expect(load().entry('surat').digest).not.toBe(before.digest);
    rmSync(join(folder, 'apps/surat/image'), { recursive: true });
    expect(load().entry('surat').imageFolders).toEqual([join(folder, 'layers/laravel')]);
    expect(await faults('layers: [lain]\n')).toEqual(['- apps/surat/app.yaml, layers.0: layers/lain tidak ada']);
  });

  test('with faults does not hinder the others, and is listed', async () => {
    cpSync(join(folder, 'apps/surat'), join(folder, 'apps/lain'), { recursive: true });
    expect(load().names()).toEqual(['lain', 'surat']);
    expect((await failure(() => load().entry('lain'))).message).toBe(
      'Templat apps/lain salah:\n- apps/lain/app.yaml, name: harus sama dengan nama foldernya, "lain"',
    );
    expect(load().entry('surat').manifest.title).toBe('Surat');
  });

  test('that is not there is not found', async () => {
    expect((await failure(() => load().entry('entah'))).kind).toBe('not-found');
    expect((await failure(() => load().fileTemplate('surat', 'entah'))).kind).toBe('not-found');
  });
});

describe('what is wrong with a manifest', () => {
  test('is said all at once, with file and key', async () => {
    const found = await faults((app) =>
      app
        .replace('title: Surat\n', '')
        .replace('scope: desa', 'scope: dusun')
        .replace('memoryMb: 64', 'memoryMb: banyak, swap: 1')
        .replace('status: 200', 'status: 2000')
        .concat('egres: none\nvolumes: [{name: data, path: data, keep: true}, 3]\nsecrets: [{name: kunci, kind: rot13}]\n'),
    );
    expect(found).toEqual([
      '- apps/surat/app.yaml, title: wajib diisi',
      '- apps/surat/app.yaml, scope: harus salah satu dari: desa, kecamatan, kabupaten',
      '- apps/surat/app.yaml, probes.0.status: harus <= 599',
      '- apps/surat/app.yaml, limits.swap: tidak dikenal',
      '- apps/surat/app.yaml, limits.memoryMb: harus bilangan bulat',
      '- apps/surat/app.yaml, egres: tidak dikenal',
      '- apps/surat/app.yaml, volumes.0.path: tidak sesuai pola ^(/[A-Za-z0-9._-]+)+$',
      '- apps/surat/app.yaml, volumes.1: harus kunci: nilai',
      '- apps/surat/app.yaml, secrets.0.kind: harus salah satu dari: base64-32, password, hex-32',
    ]);
  });

  test.each([
    ['no YAML at all', () => 'name: [surat\n', 'bukan YAML yang sah (baris'],
    ['a key twice', (app: string) => `${app}title: Dua\n`, 'bukan YAML yang sah (baris'],
    ['an empty file', () => '', 'harus berisi kunci: nilai'],
    ['an unknown runtime', (app: string) => app.replace('php8.2', 'php9'), 'runtime: runtimes/php9 tidak ada'],
    [
      'a number where text belongs',
      (app: string) => `${app}commands: {status: {run: [php], input: {kode: 52}, timeoutSeconds: 5}}\n`,
      'commands.status.input.kode: harus teks',
    ],
    ['a pattern that is none', (app: string) => app.replace('^v(\\d+)$', '^v(\\d+$'), 'source.tags: bukan ekspresi reguler'],
    [
      'a pattern without group',
      (app: string) => app.replace('^v(\\d+)$', '^v\\d+$'),
      'source.tags: harus mempunyai paling sedikit satu kelompok',
    ],
    [
      'a bundled source that is not there',
      (app: string) => app.replace('https://contoh.id/surat.git', 'bundled:'),
      'source.repo: bundled: memerlukan berkas source/VERSION',
    ],
    ['a way out of a folder', (app: string) => `${app}files: [{template: a, volume: data, to: ../x}]\n`, 'files.0.to: tidak sesuai pola'],
    [
      'rights that reach further',
      (app: string) => `${app}database: {charset: utf8mb4, collation: utf8mb4_general_ci, privileges: [GRANT OPTION]}\n`,
      'database.privileges.0: harus salah satu dari: SELECT',
    ],
    [
      'a volume over our own folders',
      (app: string) => `${app}volumes: [{name: a, path: /run/mysqld, keep: true}]\n`,
      'volumes.0.path: tidak boleh di /run',
    ],
    [
      'two volumes of one name',
      (app: string) => `${app}volumes: [{name: a, path: /a, keep: true}, {name: a, path: /b, keep: true}]\n`,
      'volumes.1.name: "a" sudah dipakai di atas',
    ],
    [
      'a default that is no option',
      (app: string) => `${app}settings: [{name: tema, label: Tema, options: [a], default: b}]\n`,
      'settings.tema.default: "b" bukan pilihan',
    ],
    [
      'a file of an unknown volume',
      (app: string) => `${app}files: [{template: a, volume: data, to: x}]\n`,
      'files.0.volume: volume "data" tidak dinyatakan',
    ],
    [
      'a template that is not there',
      (app: string) => `${app}files: [{template: a, volume: data, to: x}]\n`,
      'files.0.template: berkas files/a tidak ada',
    ],
    ['no live probe', (app: string) => app.replace('kind: live', 'kind: deep'), 'probes: paling sedikit satu harus kind: live'],
    [
      'a secret in a probe',
      (app: string) =>
        `${app.replace('status: 200', "status: 200, contains: ['{{secret.kunci}}']")}secrets: [{name: kunci, kind: hex-32}]\n`,
      'probes.0.contains.0: penanda {{secret.kunci}} tidak dikenal',
    ],
    [
      'a database placeholder without database',
      (app: string) => `${app}commands: {status: {run: [php], input: {a: '{{database.name}}'}, timeoutSeconds: 5}}\n`,
      'commands.status.input.a: penanda {{database.name}} tidak dikenal',
    ],
  ])('%s', async (_name, change, expected) => {
    expect((await faults(change)).join('\n')).toContain(expected);
  });

  test('is found in its file templates too', async () => {
    put('apps/surat/files/a.php', "<?php $a = '{{desa.nama}}'; $b = '{{desa.nam|php}}'; $c = {{desa.kode10}};");
    put('apps/surat/files/b.json', '{"a": "{{desa.nama|php}}"}');
    put('apps/surat/files/c', '{{desa.nama|sql}}');
    const found = await faults(`
volumes: [{name: data, path: /data, keep: true}]
files:
  - {template: a.php, volume: data, to: a.php}
  - {template: b.json, volume: data, to: b.json}
  - {template: c, volume: data, to: c}
`);
    expect(found).toEqual([
      '- apps/surat/files/a.php: penanda {{desa.nama}} harus ditulis {{desa.nama|php}} di berkas ini',
      '- apps/surat/files/a.php: penanda {{desa.nam|php}} tidak dikenal',
      '- apps/surat/files/b.json: penanda {{desa.nama|php}} harus ditulis {{desa.nama|json}} di berkas ini',
      '- apps/surat/files/c: penanda "{{desa.nama|sql}}" rusak; yang sah: {{nama}}, {{nama|php}}, {{nama|json}}, {{nama|dotenv}}',
    ]);
  });

  test('of its runtime is named as well', async () => {
    put('runtimes/php8.2/runtime.yaml', RUNTIME.replace('bookworm', 'buzz').replace('[php8.2-cli]', "['php; rm -rf /']"));
    const { message } = await failure(() => load().entry('surat'));
    expect(message).toContain('- apps/surat/app.yaml, runtime: rusak. Templat runtimes/php8.2 salah:');
    expect(message).toContain('- runtimes/php8.2/runtime.yaml, base: harus salah satu dari: bookworm, trixie');
    expect(message).toContain('- runtimes/php8.2/runtime.yaml, packages.0: tidak sesuai pola');
  });
});

describe('the digest of an app', () => {
  const changes: readonly (readonly [string, () => void])[] = [
    ['its manifest', () => put('apps/surat/app.yaml', APP.replace('memoryMb: 64', 'memoryMb: 65'))],
    ['a file of its image', () => put('apps/surat/image/etc/nginx/app.conf', 'root /srv;\n')],
    ['the name of a file', () => put('apps/surat/image/etc/nginx/lain.conf', '')],
    ['whether a file may be run', () => chmodSync(join(folder, 'apps/surat/image/etc/nginx/app.conf'), 0o755)],
    ['a link', () => symlinkSync('app.conf', join(folder, 'apps/surat/image/etc/nginx/tautan'))],
    ['its runtime', () => put('runtimes/php8.2/image/usr/local/bin/serve', '#!/bin/bash\n')],
    ['the packages of its runtime', () => put('runtimes/php8.2/runtime.yaml', RUNTIME.replace('php8.2-cli', 'php8.2-fpm'))],
  ];

  test.each(changes)('changes with %s', (_name, change) => {
    const before = load().entry('surat').digest;
    change();
    expect(load().entry('surat').digest).not.toBe(before);
  });

  test('stays the same otherwise, also when its code or file templates change', () => {
    const before = load().entry('surat').digest;
    put('apps/surat/source/index.php', '<?php');
    put('apps/surat/files/x', 'x');
    expect(load().entry('surat').digest).toBe(before);
  });
});

describe('rendering', () => {
  const values = new Map<string, string | Secret>([
    ['desa.nama', 'Ma\'rang \\ "Baru"'],
    ['secret.db-password', new Secret('s3$&cret')],
    ['a', '{{desa.nama}}'],
  ]);

  test.each([
    ['{{desa.nama}}', 'Ma\'rang \\ "Baru"'],
    ['{{ desa.nama | php }}', 'Ma\\\'rang \\\\ "Baru"'],
    ['"{{desa.nama|json}}"', '"Ma\'rang \\\\ \\"Baru\\""'],
    ['<{{secret.db-password}}>', '<s3$&cret>'],
    ['{{a}} { { {x} }}', '{{desa.nama}} { { {x} }}'],
    ['tanpa penanda\n', 'tanpa penanda\n'],
  ])('%j gives %j', (template, expected) => {
    expect(load().render(template, values)).toBe(expected);
  });

  test.each([
    ['{{entah}}', 'penanda-tidak-dikenal'],
    ['{{desa.nama', 'penanda-rusak'],
    ['{{desa nama}}', 'penanda-rusak'],
    ['{{desa.nama|html}}', 'penanda-rusak'],
  ])('%j is refused', async (template, code) => {
    const error = await failure(() => load().render(template, values));
    expect([error.kind, error.code]).toEqual(['invalid', code]);
  });
});
