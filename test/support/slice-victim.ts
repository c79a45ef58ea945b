/** A process that does one act on a slice and is killed in the middle. Arguments: server, records, instance, act, installation, call, moment. */
import { systemClock } from '../../src/adapters/clock.ts';
import { openDatabase } from '../../src/adapters/db/client.ts';
import { createRecords } from '../../src/adapters/db/records.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { SliceTools } from '../../src/workflows/slices.ts';
import { outsideOf } from './combined-desa.ts';
import { ACTS, dyingTools, isActName } from './slice-acts.ts';

const [server = '', recordsUrl = '', instance = '', act = '', installationId = '', call = '', moment = ''] = process.argv.slice(2);
if (!isActName(act) || (moment !== 'before' && moment !== 'during' && moment !== 'after')) throw new Error(`no act ${act} ${moment}`);
const { database, locks, apps } = outsideOf(new Secret(server), instance);
const records = createRecords(openDatabase(new Secret(recordsUrl)).db, systemClock);
const silent: SliceTools['log'] = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const { tools } = dyingTools(
  { ...records, combined: database, locks, apps, clock: systemClock, log: silent },
  { call: Number(call), moment },
  () => process.kill(process.pid, 'SIGKILL'),
);
await ACTS[act](tools, installationId, new AbortController().signal);
process.exit(0);
