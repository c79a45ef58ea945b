/** Columns that the tables have in common. */
import { customType, datetime, varchar } from 'drizzle-orm/mysql-core';
import type { KodeTenant, KodeWilayah } from '../../domain/wilayah.ts';

/** UTC, milliseconds. */
export const moment = (name: string) => datetime(name, { fsp: 3, mode: 'date' });

export const id = (name: string) => varchar(name, { length: 26 });

export const kodeTenant = (name: string) => varchar(name, { length: 13 }).$type<KodeTenant>();

export const kodeWilayah = (name: string) => varchar(name, { length: 13 }).$type<KodeWilayah>();

/** MariaDB's JSON is LONGTEXT: a driver may hand it over as text or as an object. */
export const jsonText = <T>(name: string) =>
  customType<{ data: T; driverData: string }>({
    dataType: () => 'longtext',
    toDriver: (value) => JSON.stringify(value),
    fromDriver: (value) => (typeof value === 'string' ? JSON.parse(value) : value),
  })(name);

/** Bytes. Drizzle's own varbinary types them as text. */
export const bytes = (name: string, length: number) =>
  customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => `varbinary(${length})` })(name);
