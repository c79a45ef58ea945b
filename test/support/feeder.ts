/** A process that does nothing but feed the combined database of a test. Arguments: server, records, instance. */
import { systemClock } from '../../src/adapters/clock.ts';
import { openDatabase } from '../../src/adapters/db/client.ts';
import { createRecords } from '../../src/adapters/db/records.ts';
import type { Toolbox } from '../../src/domain/ports.ts';
import { Secret } from '../../src/domain/secret.ts';
import { keepFeeding } from '../../workers/feed.ts';
import { outsideOf } from './combined-desa.ts';

const [server = '', recordsUrl = '', instance = ''] = process.argv.slice(2);
const { database, locks, apps } = outsideOf(new Secret(server), instance);
const records = createRecords(openDatabase(new Secret(recordsUrl)).db, systemClock);
const tell = (fields: object, message: string): void => console.error(message, fields);
const log: Toolbox['log'] = { debug: () => undefined, info: () => undefined, warn: tell, error: tell };
await keepFeeding({ ...records, combined: database, locks, apps, clock: systemClock, log }, new AbortController().signal);
