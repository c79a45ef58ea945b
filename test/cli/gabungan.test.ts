import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { connectionOptions } from '../../src/adapters/db/client.ts';
import type { Actor } from '../../src/domain/access.ts';
import { Secret } from '../../src/domain/secret.ts';
import { parseKodeDesa } from '../../src/domain/wilayah.ts';
import { createTenant } from '../../src/workflows/commands/tenants.ts';
import { healSlice } from '../../src/workflows/registration.ts';
import { openPlace, type Place } from './pendopo.ts';

const SCHEMA = fileURLToPath(new URL('../../templates/apps/contoh-opensid/source/skema.sql', import.meta.url));
const KODE = parseKodeDesa('52.01.14.2001');
const ACTOR: Actor = { id: 'x', username: 'uji', role: 'superadmin', wilayah: null };
const APP = ['--aplikasi', 'contoh-opensid'];

let place: Place;
let id: string;
let schema: string;
const server = () => createConnection({ ...connectionOptions(new Secret(inject('databaseUrl'))), multipleStatements: true });

/** A desa with an active installation, its schema as its app makes it, and nobody's slice yet. */
beforeAll(async () => {
  place = await openPlace();
  const { tools, env } = place;
  schema = `${env.PENDOPO_INSTANCE}_uji`;
  await createTenant(tools, ACTOR, { kode: KODE });
  ({ id } = await tools.tenants.ensureInstallation(KODE, 'contoh-opensid', tools.ids.next()));
  await tools.tenants.saveInstallation(id, { state: 'active', tag: 'v1', version: '1' });
  await tools.claims.take([{ kind: 'schema', name: schema }], id);
  const connection = await server();
  await connection.query('CREATE DATABASE ??', [schema]);
  await connection.changeUser({ database: schema });
  await connection.query(readFileSync(SCHEMA, 'utf8'));
  await connection.query("INSERT INTO config (id, app_key, nama_desa, kode_desa) VALUES (1, 'k', 'Uji', '5201142001')");
  await connection.query("INSERT INTO kategori (config_id, kategori) VALUES (1, 'a'), (1, 'b')");
  await connection.end();
});
afterAll(async () => {
  await place?.close();
  const connection = await server();
  for (const name of [schema, `${schema.replace(/_uji$/, '')}_gabungan_contoh`, `${schema.replace(/_uji$/, '')}_umpan`])
    await connection.query('DROP DATABASE IF EXISTS ??', [name]);
  await connection.end();
});

const heal = () => healSlice(place.tools, id, AbortSignal.timeout(60_000));
const state = async () => (await place.tools.registrations.find(id))?.state;
const rowOf = async () => {
  const { rows } = (await place.say('gabungan', 'status', ...APP, '--json')).json();
  return Array.isArray(rows) ? rows[0] : undefined;
};

describe('gabungan', () => {
  it('takes a desa in, out for a while, back, and out for good', async () => {
    expect((await place.say('gabungan', 'status', ...APP)).stdout).toBe('Belum ada desa di basis data gabungan.');
    expect((await place.say('gabungan', 'daftar', KODE)).code).toBe(0);
    expect([await state(), await heal()]).toEqual(['registering', true]);
    expect(await rowOf()).toMatchObject({ kode: KODE, state: 'registered', rows: 2, waiting: 0, staleTables: [] });
    const connection = await server();
    await connection.query('INSERT INTO ??.kategori (config_id, kategori) VALUES (1, ?)', [schema, 'c']);
    await connection.end();
    expect(await rowOf()).toMatchObject({ waiting: 1 });

    expect((await place.say('gabungan', 'lepas', KODE)).code).toBe(0);
    expect([await state(), (await place.say('gabungan', 'sambung', '--semua')).code, await state()]).toEqual([
      'detached',
      0,
      'registering',
    ]);
    expect(await heal()).toBe(true);
    expect((await place.say('gabungan', 'perbaiki', KODE)).code).toBe(0);
    expect([await state(), await heal()]).toEqual(['stale', true]);
    expect((await place.say('gabungan', 'periksa', KODE)).code).toBe(0);
    expect((await place.say('gabungan', 'status', ...APP)).stdout).toContain('terdaftar');

    const unsure = await place.say('gabungan', 'hapus', KODE);
    expect([unsure.code, await state()]).toEqual([2, 'registered']);
    expect((await place.say('gabungan', 'hapus', KODE, '--ya', KODE)).code).toBe(0);
    expect([await state(), await rowOf()]).toEqual(['none', undefined]);
    expect((await place.say('gabungan', 'periksa', KODE)).code).toBe(2);
  });

  it('tells the figures of all desa, also as CSV', async () => {
    expect((await place.say('gabungan', 'ringkasan', ...APP)).stdout).toContain('Penduduk: 0');
    expect((await place.say('gabungan', 'ringkasan', '--csv', ...APP)).stdout).toContain('penduduk,,Penduduk,0,0,0,0');
  });
});

describe('gabungan akun', () => {
  it('shows a password once, another one when it is changed, and takes the account back', async () => {
    const made = await place.say('gabungan', 'akun', 'buat', 'analis', '--keperluan', 'Bappeda', '--hak', 'statistik', ...APP, '--json');
    expect(made.code).toBe(0);
    const { password } = made.json();
    expect(typeof password === 'string' && password.length).toBeGreaterThan(15);
    const listed = await place.say('gabungan', 'akun', 'daftar');
    expect(listed.stdout).toMatch(/analis\s+statistik/);
    const turned = await place.say('gabungan', 'akun', 'putar', 'analis');
    expect(turned.stdout).toContain('OPENKAB_DB_PASSWORD=');
    for (const { stdout } of [listed, turned]) expect(stdout).not.toContain(String(password));
    expect((await place.say('gabungan', 'akun', 'cabut', 'analis')).code).toBe(0);
    expect((await place.say('gabungan', 'akun', 'putar', 'analis')).code).toBe(2);
    const wrong = await place.say('gabungan', 'akun', 'buat', 'lain', '--keperluan', 'x', '--hak', 'entah', ...APP);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('penuh, kependudukan, statistik')]);
  });
});
