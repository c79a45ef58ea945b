/**
 * Brings the records to this release and makes the first administrator. A process of its own, so that the supervisor,
 * which lives as long as Pendopo does, stays small.
 */
import { hashPassword } from '../../src/api/password.ts';
import { readConfig } from '../../src/config.ts';
import { explain, PendopoError } from '../../src/domain/errors.ts';
import { migrate, wire } from '../../src/wiring.ts';
import { ensureFirstAdmin } from '../../src/workflows/first-admin.ts';

type Prepared =
  | { readonly kind: 'ready'; readonly admin: { readonly username: string; readonly password: string } | null }
  | { readonly kind: 'failed'; readonly message: string; readonly advice: string | null };

async function prepare(): Promise<Prepared> {
  const config = readConfig(process.env);
  await migrate(config);
  const { tools, close } = await wire(config, 'prepare');
  try {
    const admin = await ensureFirstAdmin(tools, (password) => hashPassword(password.expose()));
    return { kind: 'ready', admin: admin === null ? null : { username: admin.username, password: admin.password.expose() } };
  } finally {
    await close();
  }
}

async function main(): Promise<void> {
  try {
    answer(await prepare());
  } catch (error) {
    console.error(error);
    answer({ kind: 'failed', message: explain(error), advice: error instanceof PendopoError ? error.advice : null });
    process.exitCode = 1;
  }
  process.disconnect?.();
}

/** To the supervisor that forked us; started by hand or by compose, to whoever reads the output. */
function answer(prepared: Prepared): void {
  if (process.send !== undefined) {
    process.send(prepared);
    return;
  }
  if (prepared.kind === 'failed') console.error(prepared.message, prepared.advice ?? '');
  else if (prepared.admin === null) console.log('Basis data siap.');
  else console.log(`Basis data siap. Akun pertama: ${prepared.admin.username}, kata sandi sementara: ${prepared.admin.password}`);
}

await main();
