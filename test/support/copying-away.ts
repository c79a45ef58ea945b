/**
 * A process that makes a copy elsewhere as a worker does, for tests that kill it. Its environment: `DATA`, `S3`, `ACCOUNT`
 * and the password.
 */
import { createOffsiteStore } from '../../src/adapters/restic.ts';
import { Secret } from '../../src/domain/secret.ts';

const { DATA = '', S3 = '', ACCOUNT = '', PASSWORD = '' } = process.env;
const vault = { read: async (ref: string) => new Secret(ref === 'kunci' ? ACCOUNT : PASSWORD) };
const store = createOffsiteStore({ dataFolder: DATA, instance: 'uji', vault, home: DATA });
const place = { kind: 's3', address: S3, accessKeyId: ACCOUNT } as const;
await store.copy({ place, passwordRef: 'sandi', secretKeyRef: 'kunci' }, AbortSignal.timeout(60_000));
