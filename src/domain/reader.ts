import type { Secret } from './secret.ts';

/** An account that reads the combined database and nothing else. */
export interface Reader {
  /** Chosen by a person, one of a kind: `openkab`, `analis-bappeda`. */
  readonly name: string;
  /** What it is for, in a person's words. */
  readonly purpose: string;
  /** The app whose combined database it reads. */
  readonly app: string;
  /** What it may see: `FULL_GRANT`, or a grant of the app's `gabungan.yaml`. */
  readonly grants: string;
  /** Its name in the database. */
  readonly account: string;
  /** Where its password is kept; another one after each change. */
  readonly passwordRef: string;
  /** The app that it was made for and goes with; null: made by a person, for a person. */
  readonly installationId: string | null;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly rotatedAt: Date | null;
}

export interface Readers {
  /** @throws Conflict when the name is taken */
  create(reader: Omit<Reader, 'createdAt' | 'rotatedAt'>): Promise<void>;
  find(name: string): Promise<Reader | null>;
  /** By name. */
  list(): Promise<readonly Reader[]>;
  saveRotation(name: string, passwordRef: string): Promise<void>;
  remove(name: string): Promise<void>;
}

/** The accounts themselves. Each may SELECT in one combined schema, for a limited time a query and from few connections. */
export interface ReaderAccounts {
  /**
   * Made, or given another password; whoever is signed in with an old one is cut off.
   * @param tables that it may read, as far as they are there; null: all of the schema
   */
  ensure(account: string, password: Secret, schema: string, tables: readonly string[] | null): Promise<void>;
  /** Tables that have come since, or that a newer manifest names. */
  allow(account: string, schema: string, tables: readonly string[]): Promise<void>;
  /** Gone, with everybody who is signed in with it. */
  drop(account: string): Promise<void>;
}

/** What a reader needs to know; shown once. */
export interface ReaderConnection {
  readonly host: string;
  readonly port: number;
  /** On the server itself; null: over the network. */
  readonly socket: string | null;
  readonly database: string;
  readonly username: string;
  readonly password: Secret;
}

/** Lines for the `.env` of API-Database-Gabungan, which reads this database for OpenKab. */
export function apiEnvironment({ host, port, socket, database, username, password }: ReaderConnection): string {
  return [
    `OPENKAB_DB_HOST=${host}`,
    `OPENKAB_DB_PORT=${port}`,
    `OPENKAB_DB_DATABASE=${database}`,
    `OPENKAB_DB_USERNAME=${username}`,
    `OPENKAB_DB_PASSWORD="${password.expose()}"`,
    ...(socket === null ? [] : [`OPENKAB_DB_SOCKET=${socket}`]),
  ].join('\n');
}

/** Lines for the `.env` of OpenKab: it asks that API and has no connection of its own to this database. */
export function openkabEnvironment(): string {
  return [
    '# OpenKab membaca lewat API-Database-Gabungan. Isi alamatnya; tokennya diisi di OpenKab (database_gabungan_api_key).',
    'API_DATABASE_GABUNGAN_HOST=https://',
  ].join('\n');
}

/** `mysql://…`, as most programs want it. */
export function connectionUrl({ host, port, socket, database, username, password }: ReaderConnection): string {
  const place = socket === null ? `${host}:${port}` : host;
  const way = socket === null ? '' : `?socket=${encodeURIComponent(socket)}`;
  return `mysql://${username}:${encodeURIComponent(password.expose())}@${place}/${database}${way}`;
}
