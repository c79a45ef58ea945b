import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { createConnection } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createDatabases, type OpenDatabases } from '../../src/adapters/mariadb.ts';
import { createDefinerFilter } from '../../src/adapters/mariadb-definers.ts';
import { Secret } from '../../src/domain/secret.ts';
import { startMariadb } from '../support/children.ts';
import { type TestDatabase, testDatabase } from '../support/services.ts';

const CHARSET = { charset: 'utf8mb3', collation: 'utf8mb3_general_ci' };
const signal = new AbortController().signal;

let database: TestDatabase;
let databases: OpenDatabases;
let folder: string;
let schema: string;
let count = 0;
beforeAll(async () => {
  database = await testDatabase();
  folder = await mkdtemp('/tmp/pdt-mariadb-');
  databases = createDatabases({
    url: database.url,
    apps: { kind: 'socket', folder: database.socketFolder },
    scratchFolder: `${folder}/scratch`,
  });
  schema = aSchema();
});
afterAll(async () => {
  await databases.close();
  await database.close();
  await rm(folder, { recursive: true });
});
afterEach(async () => {
  const left = (await readdir(folder)).filter((name) => name.endsWith('.part'));
  expect([...left, ...(await readdir(`${folder}/scratch`).catch(() => []))]).toEqual([]);
});

function aSchema(): string {
  count += 1;
  return `${database.prefix}${count}`;
}

const inSchema = async (name: string, ...statements: readonly string[]) => {
  await database.sql('USE ??', [name]);
  for (const statement of statements) await database.sql(statement);
};

const DEFINER = '/*!50013 DEFINER=`root`@`localhost` SQL SECURITY DEFINER */';
const ROUTINE = 'CREATE DEFINER=`root`@`localhost` PROCEDURE `x`()';
const LETTERS = 'é 🏡 — \\';
const TREACHEROUS = `${DEFINER}\n${ROUTINE}\r\nDELIMITER ;;\n${ROUTINE}\n/*!50001 CREATE ALGORITHM=UNDEFINED */\n${DEFINER}\n-- Dump completed`;

async function fill(name: string, binary: Buffer): Promise<void> {
  await databases.createSchema(name, CHARSET);
  await inSchema(
    name,
    "CREATE TABLE induk (id INT AUTO_INCREMENT PRIMARY KEY, isi LONGTEXT CHARACTER SET utf8mb4 COMMENT 'DEFINER=`a`@`b`', biner LONGBLOB, kata VARCHAR(30) UNIQUE)",
    'CREATE TABLE anak (id INT PRIMARY KEY, induk_id INT, CONSTRAINT fk FOREIGN KEY (induk_id) REFERENCES induk (id) ON DELETE CASCADE)',
    "CREATE VIEW pandangan AS SELECT id, isi, 'DEFINER=`root`@`localhost` SQL SECURITY DEFINER' AS teks FROM induk",
    'CREATE SQL SECURITY INVOKER VIEW pandangan_dua AS SELECT id FROM pandangan',
    `CREATE PROCEDURE tambah() BEGIN SELECT '\n${ROUTINE}\n'; END`,
    'CREATE FUNCTION satu() RETURNS INT DETERMINISTIC RETURN 1',
    'CREATE TRIGGER pemicu BEFORE INSERT ON anak FOR EACH ROW SET NEW.induk_id = NEW.induk_id',
  );
  await database.sql('INSERT INTO induk (isi, biner, kata) VALUES (?, ?, ?), (?, ?, ?)', [
    TREACHEROUS,
    binary,
    "a'b",
    LETTERS,
    Buffer.alloc(0),
    null,
  ]);
  await database.sql('INSERT INTO anak VALUES (1, 1), (2, 2)');
}

describe('names', () => {
  it('of another form never reach the server', async () => {
    for (const name of ['', 'a`b', 'a-b', 'A', 'a.b', 'a'.repeat(65), "a'"]) {
      await expect(databases.dropSchema(name)).rejects.toMatchObject({ code: 'nama-basis-data-salah' });
      await expect(databases.dump(name, `${folder}/x`, signal)).rejects.toMatchObject({ code: 'nama-basis-data-salah' });
    }
  });
});

describe('accounts', () => {
  const password = new Secret('a\'b"c\\d`%_$');
  const privileges = ['SELECT', 'INSERT', 'CREATE VIEW'];

  it('sign in with their password, at their schema only, and not at a neighbour whose name differs in an underscore', async () => {
    const [own, neighbour] = [`${database.prefix}u_1`, `${database.prefix}ux1`];
    for (const name of [own, neighbour]) await databases.createSchema(name, CHARSET);
    await databases.ensureUser(own, password, own, privileges);
    expect(await databases.userExists(own)).toBe(true);
    expect(await databases.canSignIn(own, password, own)).toBe(true);
    expect(await databases.canSignIn(own, new Secret('x'), own)).toBe(false);
    expect(await databases.canSignIn(own, password, neighbour)).toBe(false);
    expect(await databases.canSignIn(own, password, 'mysql')).toBe(false);
  });

  it('end up with exactly the rights asked for, whatever they had, also after a second time', async () => {
    const user = `${database.prefix}rights`;
    await databases.createSchema(user, CHARSET);
    await databases.ensureUser(user, password, user, ['SELECT', 'DROP', 'INDEX']);
    await database.sql('GRANT ALL ON *.* TO ?@? WITH GRANT OPTION', [user, 'localhost']);
    for (let i = 0; i < 2; i += 1) await databases.ensureUser(user, new Secret('baru'), user, privileges);
    const grants = (await database.sql('SHOW GRANTS FOR ?@?', [user, 'localhost'])).map((row) => String(Object.values(row)[0]));
    expect(grants).toHaveLength(2);
    expect(grants[0]).toMatch(/^GRANT USAGE ON \*\.\* TO [^ ]+ IDENTIFIED BY PASSWORD '[^']+'$/);
    expect(grants[1]).toContain(`GRANT SELECT, INSERT, CREATE VIEW ON \`${user.replaceAll('_', '\\_')}\`.* TO `);
    expect(await databases.canSignIn(user, new Secret('baru'), user)).toBe(true);
  });

  it('are never given rights that reach beyond their schema', async () => {
    for (const privilege of ['GRANT OPTION', 'FILE', 'SUPER', 'ALL', 'SELECT ON *.* TO x; --']) {
      await expect(databases.ensureUser(`${database.prefix}w`, password, schema, [privilege])).rejects.toMatchObject({
        code: 'hak-tidak-dikenal',
      });
    }
  });

  it('go at every host, and going twice is fine', async () => {
    const user = `${database.prefix}gone`;
    await databases.ensureUser(user, password, schema, ['SELECT']);
    await database.sql('CREATE USER ?@?', [user, '%']);
    await databases.dropUser(user);
    expect(await databases.userExists(user)).toBe(false);
    await databases.dropUser(user);
  });
});

describe('a dump and its load', () => {
  const binary = Buffer.concat([Buffer.from(TREACHEROUS), randomBytes(200_000), Buffer.from([0, 10, 13, 26, 39, 34, 92])]);

  it('give the same rows byte for byte, and views and routines that need no account of old', async () => {
    const [from, to] = [aSchema(), aSchema()];
    await fill(from, binary);
    const file = `${folder}/a.sql.gz`;
    const dump = await databases.dump(from, file, signal);
    expect(dump.bytes).toBe((await readFile(file)).length);

    await databases.createSchema(to, { charset: 'utf8mb4', collation: 'utf8mb4_unicode_ci' });
    await databases.load(to, file, 'templat-1', CHARSET, signal);
    expect(await databases.countRows(to)).toEqual(await databases.countRows(from));
    expect(await databases.countRows(to)).toEqual([
      { table: 'anak', rows: 2 },
      { table: 'induk', rows: 2 },
    ]);
    await database.sql('USE ??', [to]);
    const [row] = await database.sql('SELECT isi, biner FROM induk WHERE id = 1');
    expect(row?.isi).toBe(TREACHEROUS);
    expect(Buffer.compare(row?.biner, binary)).toBe(0);
    expect((await database.sql('SELECT isi FROM induk WHERE id = 2'))[0]?.isi).toBe(LETTERS);
    const views = await database.sql(
      'SELECT TABLE_NAME AS name, SECURITY_TYPE AS type FROM information_schema.VIEWS WHERE TABLE_SCHEMA = ?',
      [to],
    );
    expect(views.map(({ type }) => type)).toEqual(['INVOKER', 'INVOKER']);
    const routines = await database.sql(
      'SELECT ROUTINE_NAME AS name, SECURITY_TYPE AS type FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = ?',
      [to],
    );
    expect(routines.map(({ name, type }) => `${name} ${type}`).sort()).toEqual(['satu INVOKER', 'tambah INVOKER']);
    expect(await database.sql('SHOW TRIGGERS')).toEqual([]);
    expect((await database.sql('SHOW CREATE PROCEDURE tambah'))[0]?.['Create Procedure']).toContain(ROUTINE);
    const [collation] = await database.sql('SELECT DEFAULT_COLLATION_NAME AS name FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?', [
      to,
    ]);
    expect(collation?.name).toBe('utf8mb3_general_ci');
  });

  it('names no account outside of data, has no sandbox line, and is the same file for the same content', async () => {
    const from = aSchema();
    await fill(from, binary);
    const first = await databases.dump(from, `${folder}/b.sql.gz`, signal);
    const again = await databases.dump(from, `${folder}/c.sql.gz`, signal);
    expect(again).toEqual(first);
    const lines = gunzipSync(await readFile(`${folder}/b.sql.gz`))
      .toString('latin1')
      .split('\n');
    expect(lines[0]).toMatch(/^-- MariaDB dump/);
    expect(lines.filter((line) => /^(CREATE|\/\*!50013) DEFINER/.test(line))).toEqual([ROUTINE]); // inside the procedure's text
  });

  it('remember where a schema came from until it is dropped, through a change of its character set too', async () => {
    const [from, to] = [aSchema(), aSchema()];
    await fill(from, Buffer.of(1));
    await databases.dump(from, `${folder}/d.sql.gz`, signal);
    expect(await databases.loadedFrom(to)).toBeNull();
    await databases.load(to, `${folder}/d.sql.gz`, 'arsip 01J', CHARSET, signal);
    await database.sql('ALTER DATABASE ?? CHARACTER SET utf8 COLLATE utf8_general_ci', [to]);
    expect(await databases.loadedFrom(to)).toBe('arsip 01J');
    await database.sql('DELETE FROM ??.anak', [to]);
    await databases.load(to, `${folder}/d.sql.gz`, 'arsip 01J', CHARSET, signal); // done already: touches nothing
    expect((await databases.countRows(to))[0]?.rows).toBe(0);
    await databases.dropSchema(to);
    await databases.dropSchema(to);
    expect(await databases.schemaExists(to)).toBe(false);
    expect(await databases.loadedFrom(to)).toBeNull();
  });

  it('never go over data that is not a half load of ours', async () => {
    const [from, foreign] = [aSchema(), aSchema()];
    await fill(from, Buffer.of(1));
    await fill(foreign, Buffer.of(2));
    await databases.dump(from, `${folder}/e.sql.gz`, signal);
    await expect(databases.load(foreign, `${folder}/e.sql.gz`, 'x', CHARSET, signal)).rejects.toMatchObject({ code: 'skema-berisi' });
    expect(await databases.countRows(foreign)).toHaveLength(2);
  });

  it('stopped halfway is not taken for done, keeps the rights on the schema, and starts afresh', async () => {
    const [from, to] = [aSchema(), aSchema()];
    await fill(from, binary);
    await databases.dump(from, `${folder}/f.sql.gz`, signal);
    await databases.createSchema(to, CHARSET);
    await databases.ensureUser(to, new Secret('sandi'), to, ['SELECT']);
    const sql = gunzipSync(await readFile(`${folder}/f.sql.gz`)).toString('latin1');
    const broken = sql.replace('Temporary table structure for view', 'x\nSALAH;\n--');
    await writeFile(`${folder}/broken.sql.gz`, gzipSync(Buffer.from(broken, 'latin1')));
    await expect(databases.load(to, `${folder}/broken.sql.gz`, 'satu', CHARSET, signal)).rejects.toMatchObject({
      code: 'basis-data-gagal',
    });
    expect(await databases.loadedFrom(to)).toBeNull();
    expect((await databases.countRows(to)).length).toBeGreaterThan(0);

    await databases.load(to, `${folder}/f.sql.gz`, 'dua', CHARSET, signal);
    expect(await databases.loadedFrom(to)).toBe('dua');
    expect(await databases.canSignIn(to, new Secret('sandi'), to)).toBe(true);
  });

  it('refuse a damaged, a cut and a missing file by name', async () => {
    const [from, to] = [aSchema(), aSchema()];
    await fill(from, binary);
    await databases.dump(from, `${folder}/g.sql.gz`, signal);
    const whole = await readFile(`${folder}/g.sql.gz`);
    await writeFile(`${folder}/cut.gz`, whole.subarray(0, whole.length - 5_000));
    await writeFile(`${folder}/noise.gz`, Buffer.concat([whole.subarray(0, 1_000), randomBytes(2_000)]));
    for (const name of ['cut', 'noise']) {
      await expect(databases.load(to, `${folder}/${name}.gz`, 'x', CHARSET, signal), name).rejects.toMatchObject({
        code: 'cadangan-rusak',
      });
    }
    await expect(databases.load(to, `${folder}/none.gz`, 'x', CHARSET, signal)).rejects.toMatchObject({ code: 'cadangan-tidak-ada' });
  });

  it('leave no file when the schema is missing, a view is broken, or the job is cancelled', async () => {
    const from = aSchema();
    await fill(from, binary);
    await database.sql('DROP TABLE ??.anak', [from]);
    await database.sql('ALTER TABLE ??.induk DROP COLUMN isi', [from]);
    await expect(databases.dump(from, `${folder}/no.gz`, signal)).rejects.toMatchObject({ code: 'basis-data-gagal' });
    await expect(databases.dump(`${database.prefix}none`, `${folder}/no.gz`, signal)).rejects.toMatchObject({ kind: 'broken' });
    const cancelled = AbortSignal.abort(new Error('dibatalkan'));
    await expect(databases.dump(from, `${folder}/no.gz`, cancelled)).rejects.toThrow('dibatalkan');
    expect(await readdir(folder)).not.toContain('no.gz');
  });

  it('stop at once when cancelled under way', async () => {
    const from = aSchema();
    await databases.createSchema(from, CHARSET);
    await inSchema(from, 'CREATE TABLE besar (id INT AUTO_INCREMENT PRIMARY KEY, isi LONGBLOB)');
    await database.sql('INSERT INTO besar (isi) SELECT RANDOM_BYTES(1024) FROM seq_1_to_20000');
    const abort = new AbortController();
    const dumping = databases.dump(from, `${folder}/big.gz`, abort.signal);
    setTimeout(() => abort.abort(new Error('dibatalkan')), 100);
    await expect(dumping).rejects.toThrow('dibatalkan');
    expect(await readdir(folder)).not.toContain('big.gz');
  });
});

describe('a definer filter', () => {
  it('gives the same bytes however the dump is cut into chunks', async () => {
    const dump = Buffer.from(
      [
        '/*M!999999\\- enable the sandbox mode */ ',
        '-- MariaDB dump',
        'INSERT INTO `a` VALUES',
        `(1,'${'x'.repeat(9_000)}'),`,
        `(2,'${DEFINER}');`,
        'DELIMITER ;;',
        'CREATE DEFINER=`a``b`@`%` PROCEDURE `p`()',
        ROUTINE,
        ';;',
        'DELIMITER ;',
        '/*!50001 CREATE ALGORITHM=UNDEFINED */',
        DEFINER,
        '/*!50001 VIEW `v` AS select 1 */;',
        DEFINER,
        '-- Dump completed',
      ].join('\n'),
      'latin1',
    );
    const results = new Set<string>();
    for (const size of [1, 7, 100, 4_096, 1_000_000]) {
      const { stream, isComplete } = createDefinerFilter();
      for (let at = 0; at < dump.length; at += size) stream.write(dump.subarray(at, at + size));
      stream.end();
      results.add((await stream.toArray()).join(''));
      expect(isComplete()).toBe(true);
    }
    const [only, ...others] = results;
    expect(others).toEqual([]);
    expect(only?.split('\n').filter((line) => line.includes('DEFINER'))).toEqual([`(2,'${DEFINER}');`, ROUTINE, DEFINER]);
    expect(only).toContain('CREATE PROCEDURE `p`()');
    expect(only).toContain('/*!50013 SQL SECURITY INVOKER */');
  });
});

describe('a server that does not answer', () => {
  it('is told as Unavailable by every way in, and in the middle of a dump', async () => {
    const server = await startMariadb();
    const own = createDatabases({
      url: new Secret(server.url),
      apps: { kind: 'socket', folder: server.socket.replace('/mysqld.sock', '') },
      scratchFolder: `${folder}/scratch`,
    });
    const gone = { kind: 'unavailable', code: 'basis-data-tidak-menjawab' };
    try {
      await own.createSchema('satu', CHARSET);
      await own.dump('satu', `${folder}/gone.gz`, signal);
      const admin = await createConnection({ socketPath: server.socket, user: 'root', database: 'satu' });
      admin.on('error', () => admin.destroy());
      await admin.query('CREATE TABLE besar AS SELECT seq, REPEAT(MD5(seq), 60) AS isi FROM seq_1_to_60000');
      const dumping = own.dump('satu', `${folder}/killed.gz`, signal);
      const outcome = expect(dumping).rejects.toMatchObject(gone);
      await delay(120);
      process.kill(server.pid, 'SIGKILL');
      await outcome;
      expect(await readdir(folder)).not.toContain('killed.gz');
      await expect(own.schemaExists('satu')).rejects.toMatchObject(gone);
      await expect(own.dump('satu', `${folder}/gone2.gz`, signal)).rejects.toMatchObject(gone);
      await expect(own.load('satu', `${folder}/gone.gz`, 'x', CHARSET, signal)).rejects.toMatchObject(gone);
      await expect(own.canSignIn('satu', new Secret('x'), 'satu')).rejects.toMatchObject(gone);
    } finally {
      await own.close();
      await server.stop();
    }
  });
});

describe('a full disk', () => {
  it.runIf(process.getuid?.() === 0)('is told by name and leaves no file', async (context) => {
    const from = aSchema();
    await fill(from, randomBytes(900_000));
    const small = await mkdtemp(`${folder}/small-`);
    if (!(await succeeds('mount', ['-t', 'tmpfs', '-o', 'size=100k', 'tmpfs', small])))
      return context.skip('may not mount a small disk here');
    try {
      await expect(databases.dump(from, `${small}/x.gz`, signal)).rejects.toMatchObject({ code: 'disk-penuh' });
      expect(await readdir(small)).toEqual([]);
    } finally {
      await succeeds('umount', [small]);
    }
  });
});

function succeeds(program: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => spawn(program, [...args], { stdio: 'ignore' }).once('close', (code) => resolve(code === 0)));
}
