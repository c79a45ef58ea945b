/** What people may ask for about the copies elsewhere: where they go, and that they go nowhere any more. */
import { type Actor, requireMay } from '../../domain/access.ts';
import { changesOf } from '../../domain/changes.ts';
import { Invalid } from '../../domain/errors.ts';
import { type Offsite, parsePlace, repositoryOf } from '../../domain/offsite.ts';
import type { Toolbox } from '../../domain/ports.ts';
import type { Secret } from '../../domain/secret.ts';

export interface OffsiteRequest {
  /** See `parsePlace`. */
  readonly place: string;
  /** What encrypts the copies. null: one is made, and told this once. */
  readonly password: Secret | null;
  /** For S3. */
  readonly accessKeyId?: string;
  readonly secretKey?: Secret | null;
}

const OPEN_MS = 120_000;
const SHORTEST = 12;

/**
 * Opens the store, or makes it, before anything is written down.
 * @returns the password that was made, for the person to keep away from this server; null when they gave one
 * @throws Invalid, Forbidden, Broken
 */
export async function configureOffsite(tools: Toolbox, actor: Actor, input: OffsiteRequest): Promise<Secret | null> {
  requireMay(actor, 'configure', null);
  const place = parsePlace(input.place, input.accessKeyId ?? '');
  if (input.password !== null && input.password.expose().length < SHORTEST) {
    throw new Invalid('sandi-pendek', `Kata sandi salinan luar paling sedikit ${SHORTEST} karakter.`, { field: 'sandi' });
  }
  const secretKey = input.secretKey ?? null;
  if (place.kind === 's3' && secretKey === null)
    throw new Invalid('kunci-salah', 'Kunci rahasia S3 belum diisi.', { field: 'kunci-rahasia' });
  const id = tools.ids.next();
  const password = input.password ?? tools.vault.make('hex-32');
  const offsite = {
    place,
    passwordRef: `offsite/${id}/password`,
    secretKeyRef: place.kind === 's3' ? `offsite/${id}/secret-key` : null,
  };
  await tools.vault.put(offsite.passwordRef, password);
  if (offsite.secretKeyRef !== null && secretKey !== null) await tools.vault.put(offsite.secretKeyRef, secretKey);
  const before = await tools.offsites.find();
  try {
    await tools.offsiteStore.open(offsite, AbortSignal.timeout(OPEN_MS));
  } catch (error) {
    await forget(tools, offsite);
    throw error;
  }
  await tools.offsites.save(offsite);
  if (before !== null) await forget(tools, before);
  await noteChange(tools, actor, 'configure-offsite', before, offsite);
  return input.password === null ? password : null;
}

/** What was copied stays where it is; whoever has its password can read it. */
export async function dropOffsite(tools: Toolbox, actor: Actor): Promise<void> {
  requireMay(actor, 'configure', null);
  const before = await tools.offsites.find();
  if (before !== null) {
    await tools.offsites.remove();
    await forget(tools, before);
  }
  await noteChange(tools, actor, 'drop-offsite', before, null);
}

function noteChange(
  tools: Toolbox,
  actor: Actor,
  action: string,
  before: Pick<Offsite, 'place'> | null,
  after: Pick<Offsite, 'place'> | null,
): Promise<void> {
  const text = (one: Pick<Offsite, 'place'> | null) => (one === null ? null : { place: repositoryOf(one.place) });
  const detail = changesOf(text(before), text(after));
  return tools.audit.note({ actor: actor.username, action, target: 'offsite', detail });
}

async function forget({ vault }: Toolbox, refs: { readonly passwordRef: string; readonly secretKeyRef: string | null }): Promise<void> {
  await vault.remove(refs.passwordRef);
  if (refs.secretKeyRef !== null) await vault.remove(refs.secretKeyRef);
}
