import { type Actor, type Role, requireMay } from '../../domain/access.ts';
import { Conflict, Invalid } from '../../domain/errors.ts';
import type { Toolbox } from '../../domain/ports.ts';
import type { SecondFactor } from '../../domain/ports-people.ts';
import type { User } from '../../domain/ports-records.ts';
import { rolesIn, SECOND_FACTOR_POLICY } from '../../domain/second-factor.ts';
import type { Secret } from '../../domain/secret.ts';
import { requireUser } from './users-change.ts';

/** What somebody puts into their authenticator app, by picture or by hand. */
export interface NewFactor {
  readonly key: Secret;
  /** `otpauth://…`: what the picture says. */
  readonly address: Secret;
}

/**
 * Makes a key for somebody's authenticator app. Nothing is asked of them before `confirmSecondFactor`. Whoever asks has
 * proven the password already, and this is the only time that the key is told. @throws Conflict
 */
export async function beginSecondFactor(tools: Toolbox, actor: Actor): Promise<NewFactor> {
  const before = await tools.secondFactors.find(actor.id);
  const keyRef = `user/${actor.id}/totp/${tools.ids.next()}`;
  const key = tools.authenticator.makeKey();
  await tools.vault.put(keyRef, key);
  try {
    await tools.secondFactors.begin(actor.id, keyRef);
  } catch (error) {
    await tools.vault.remove(keyRef);
    throw error;
  }
  if (before !== null) await tools.vault.remove(before.keyRef);
  await tools.audit.note({ actor: actor.username, action: 'begin-second-factor', target: `user/${actor.id}` });
  return { key, address: tools.authenticator.addressOf(key, actor.username) };
}

/** From now on a code is asked for. Gives the recovery codes, which are kept as hashes only. @throws Invalid, Conflict */
export async function confirmSecondFactor(tools: Toolbox, actor: Actor, code: string): Promise<readonly Secret[]> {
  const factor = await tools.secondFactors.find(actor.id);
  if (factor === null || factor.confirmedAt !== null) throw notBeingSetUp();
  const step = tools.authenticator.stepOf(await tools.vault.read(factor.keyRef), code, tools.clock.now());
  if (step === null) throw wrongCode();
  // Only the key that was proven: begun anew meanwhile, it would be one that nobody has.
  if (!(await tools.secondFactors.confirm(actor.id, factor.keyRef, step))) throw notBeingSetUp();
  const codes = await freshRecoveryCodes(tools, actor.id);
  await tools.audit.note({ actor: actor.username, action: 'add-second-factor', target: `user/${actor.id}` });
  return codes;
}

/** New recovery codes instead of those there were. @throws Invalid for a wrong code */
export async function renewRecoveryCodes(tools: Toolbox, actor: Actor, code: string): Promise<readonly Secret[]> {
  await requireCode(tools, actor, code);
  const codes = await freshRecoveryCodes(tools, actor.id);
  await tools.audit.note({ actor: actor.username, action: 'renew-recovery-codes', target: `user/${actor.id}` });
  return codes;
}

/** Whoever asks has proven the password already. @throws Invalid for a wrong code, Conflict where the role must have it */
export async function removeSecondFactor(tools: Toolbox, actor: Actor, code: string): Promise<void> {
  if ((await rolesWithSecondFactor(tools)).includes(actor.role))
    throw new Conflict('faktor-kedua-wajib', 'Peran Anda wajib memakai verifikasi dua langkah.', {
      advice: 'Ganti telepon? Mintalah superadmin menyetel ulang, lalu siapkan lagi.',
    });
  const factor = await requireCode(tools, actor, code);
  await drop(tools, factor);
  await tools.audit.note({ actor: actor.username, action: 'remove-second-factor', target: `user/${actor.id}` });
}

/** For who has lost their telephone and the recovery codes. All their sessions end. */
export async function resetSecondFactor(tools: Toolbox, actor: Actor, id: string): Promise<void> {
  requireMay(actor, 'manage-users', null);
  if (id === actor.id) {
    throw new Conflict('diri-sendiri', 'Verifikasi dua langkah Anda sendiri tidak disetel ulang di sini.', {
      advice: 'Matikan di Akun saya dengan kata sandi dan kode, atau mintalah superadmin lain.',
    });
  }
  const user = await requireUser(tools, id);
  const factor = await tools.secondFactors.find(id);
  if (factor === null) throw new Conflict('faktor-kedua-tidak-ada', `Akun "${user.username}" tidak memakai verifikasi dua langkah.`);
  await drop(tools, factor);
  await tools.sessions.closeAll(id);
  await tools.audit.note({
    actor: actor.username,
    action: 'reset-second-factor',
    target: `user/${id}`,
    detail: { username: user.username },
  });
}

/** The roles that must have one. */
export async function rolesWithSecondFactor(tools: Pick<Toolbox, 'policies'>): Promise<readonly Role[]> {
  return rolesIn(await tools.policies.find(SECOND_FACTOR_POLICY));
}

/** Who is of such a role and has none sees nothing but the page to set it up, from the next request on. */
export async function requireSecondFactorOf(tools: Toolbox, actor: Actor, roles: readonly Role[]): Promise<void> {
  requireMay(actor, 'manage-users', null);
  const before = (await rolesWithSecondFactor(tools)).join(',');
  const after = rolesIn(roles.join(',')).join(',');
  if (before === after) return;
  await tools.policies.save(SECOND_FACTOR_POLICY, after);
  const detail = { 'roles-before': before || '–', 'roles-after': after || '–' };
  await tools.audit.note({ actor: actor.username, action: 'change-policy', target: SECOND_FACTOR_POLICY, detail });
}

/** Whether somebody must set one up before anything else. */
export async function owesSecondFactor(tools: Pick<Toolbox, 'policies'>, user: Pick<User, 'role' | 'secondFactorAt'>): Promise<boolean> {
  return user.secondFactorAt === null && (await rolesWithSecondFactor(tools)).includes(user.role);
}

/** Takes a code of the app or a recovery code, each once; null: it is neither, or was used already. */
export async function takeCode(tools: Toolbox, userId: string, code: string): Promise<'app' | 'recovery' | null> {
  const factor = await tools.secondFactors.find(userId);
  if (factor === null || factor.confirmedAt === null) return null;
  const step = tools.authenticator.stepOf(await tools.vault.read(factor.keyRef), code, tools.clock.now());
  if (step !== null) return (await tools.secondFactors.takeStep(userId, step)) ? 'app' : null;
  const hash = tools.authenticator.hashOfRecovery(code);
  return hash !== null && (await tools.secondFactors.takeRecovery(userId, hash)) ? 'recovery' : null;
}

async function requireCode(tools: Toolbox, actor: Actor, code: string): Promise<SecondFactor> {
  const user = await requireUser(tools, actor.id);
  if (user.lockedUntil !== null && user.lockedUntil > tools.clock.now())
    throw new Conflict('akun-terkunci', 'Akun ini dikunci sementara karena terlalu sering salah.', { advice: 'Coba lagi 15 menit lagi.' });
  if ((await takeCode(tools, actor.id, code)) === null) {
    await tools.users.noteFailure(actor.id);
    throw wrongCode();
  }
  const factor = await tools.secondFactors.find(actor.id);
  if (factor === null) throw wrongCode();
  return factor;
}

async function drop(tools: Toolbox, { userId, keyRef }: SecondFactor): Promise<void> {
  await tools.secondFactors.remove(userId);
  await tools.vault.remove(keyRef);
}

async function freshRecoveryCodes(tools: Toolbox, userId: string): Promise<readonly Secret[]> {
  const codes = tools.authenticator.makeRecoveryCodes();
  await tools.secondFactors.saveRecovery(
    userId,
    codes.flatMap((code) => tools.authenticator.hashOfRecovery(code.expose()) ?? []),
  );
  return codes;
}

function notBeingSetUp(): Conflict {
  return new Conflict('tidak-sedang-disiapkan', 'Tidak ada verifikasi dua langkah yang sedang disiapkan.', { advice: 'Mulai dari awal.' });
}

function wrongCode(): Invalid {
  return new Invalid('kode-salah', 'Kode ini salah atau sudah pernah dipakai.', {
    field: 'code',
    advice: 'Tunggu kode berikutnya di aplikasi, lalu ketik keenam angkanya.',
  });
}
