import { type Connection, createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createReaderAccounts, type OpenReaderAccounts } from '../../src/adapters/gabungan-readers.ts';
import { Secret } from '../../src/domain/secret.ts';
import { fillCombined } from '../support/combined-rows.ts';
import { type TestDatabase, testDatabase } from '../support/services.ts';

let database: TestDatabase;
let accounts: OpenReaderAccounts;
let all: string;
let account: string;

const signIn = async (password: string): Promise<Connection> => {
  const connection = await createConnection({ socketPath: `${database.socketFolder}/mysqld.sock`, user: account, password });
  connection.on('error', () => undefined);
  return connection;
};

beforeAll(async () => {
  database = await testDatabase();
  [all, account] = [`${database.prefix}gabungan`, `${database.prefix}baca_uji`];
  await fillCombined(database, all);
  // The neighbours an underscore in a grant would let in, a desa, and the records.
  for (const name of ['d2', 'ctl', 'gabunganx', 'xgabungan']) {
    await database.sql('CREATE DATABASE ??', [`${database.prefix}${name}`]);
    await database.sql('CREATE TABLE ??.secrets (id INT)', [`${database.prefix}${name}`]);
  }
  accounts = createReaderAccounts({ url: database.url, apps: { kind: 'socket', folder: database.socketFolder } });
});
afterAll(async () => {
  await accounts.close();
  await database.close();
});

describe('a read account', () => {
  it('reads the combined database and nothing else, and writes nowhere', async () => {
    await accounts.ensure(account, new Secret('satu'), all, null);
    const reader = await signIn('satu');
    const [rows] = await reader.query(`SELECT COUNT(*) AS n FROM ${all}.tweb_penduduk`);
    expect(rows).toEqual([{ n: 10 }]);
    for (const name of ['d2', 'ctl', 'gabunganx', 'xgabungan']) {
      await expect(reader.query(`SELECT * FROM ${database.prefix}${name}.secrets`), name).rejects.toMatchObject({ errno: 1142 });
    }
    await expect(reader.query('SELECT * FROM mysql.user')).rejects.toMatchObject({ errno: 1142 });
    for (const statement of [
      `INSERT INTO ${all}.tweb_rtm VALUES (2, 1)`,
      `UPDATE ${all}.artikel SET enabled = 0`,
      `DELETE FROM ${all}.artikel`,
      `TRUNCATE ${all}.artikel`,
      `ALTER TABLE ${all}.artikel ADD COLUMN x INT`,
      `DROP TABLE ${all}.artikel`,
      `CREATE TABLE ${all}.baru (id INT)`,
    ])
      await expect(reader.query(statement), statement).rejects.toMatchObject({ errno: 1142 });
    await expect(reader.query(`GRANT SELECT ON ${all}.* TO ${account}@localhost`)).rejects.toMatchObject({ errno: 1044 });
    await reader.end();
    const [limits] = await database.sql('SELECT max_user_connections AS c, max_statement_time AS s FROM mysql.user WHERE User = ?', [
      account,
    ]);
    expect([Number(limits?.c), Number(limits?.s)]).toEqual([20, 120]);
  });

  it('with another password is cut off from what the old one opened, and the old one opens nothing', async () => {
    const old = await signIn('satu');
    await accounts.ensure(account, new Secret('dua'), all, null);
    await expect(old.query('SELECT 1')).rejects.toThrow();
    await expect(signIn('satu')).rejects.toMatchObject({ errno: 1045 });
    await (await signIn('dua')).end();
  });

  it('for one purpose reads its tables alone, and those that come later once they are looked after', async () => {
    const tables = ['tweb_penduduk', 'tweb_penduduk_agama', 'tweb_datang_nanti'];
    await accounts.ensure(account, new Secret('tiga'), all, tables);
    const reader = await signIn('tiga');
    const seen = async (table: string) =>
      await reader.query(`SELECT COUNT(*) FROM ${all}.${table}`).then(
        () => true,
        () => false,
      );
    expect(await Promise.all([...tables, 'artikel', 'tweb_keluarga'].map(seen))).toEqual([true, true, false, false, false]);
    await database.sql('CREATE TABLE ??.tweb_datang_nanti (id INT)', [all]);
    await accounts.allow(account, all, ['tweb_penduduk', 'tweb_datang_nanti']);
    expect(await Promise.all([...tables, 'artikel'].map(seen))).toEqual([true, false, true, false]);
    await reader.end();
    await accounts.ensure(account, new Secret('dua'), all, null);
    const whole = await signIn('dua');
    await whole.query(`SELECT * FROM ${all}.artikel`);
    await whole.end();
  });

  it('that is taken back is gone, in the middle of a query too; taking it back again is no fault', async () => {
    const reader = await signIn('dua');
    const ended = expect(reader.query('SELECT SLEEP(20)')).rejects.toThrow();
    await accounts.drop(account);
    await ended;
    // MariaDB refuses an account that is not there in the words of one that is, chosen by chance.
    await expect(signIn('dua')).rejects.toMatchObject({ errno: expect.toBeOneOf([1045, 1698]) });
    await accounts.drop(account);
  });
});
