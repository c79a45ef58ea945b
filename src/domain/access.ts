import { Forbidden } from './errors.ts';
import { isWithin, type KodeWilayah } from './wilayah.ts';

export type Role = 'superadmin' | 'kabupaten' | 'operator' | 'kecamatan' | 'pembaca';
export const ROLES = ['superadmin', 'kabupaten', 'operator', 'kecamatan', 'pembaca'] as const satisfies readonly Role[];

/** Who asks. `wilayah` limits what they see and touch to the regions below it; null means everything. */
export interface Actor {
  readonly id: string;
  readonly username: string;
  readonly role: Role;
  readonly wilayah: KodeWilayah | null;
}

export type Action =
  | 'read'
  | 'create-tenant'
  | 'install'
  | 'remove'
  | 'retry'
  | 'cancel'
  | 'reveal-secret'
  | 'manage-users'
  | 'update'
  | 'restore'
  | 'rollout'
  | 'download'
  | 'configure';

const OPERATOR: readonly Action[] = ['read', 'install', 'retry', 'cancel', 'update', 'restore', 'rollout'];
const KABUPATEN: readonly Action[] = [...OPERATOR, 'create-tenant', 'remove', 'reveal-secret', 'download'];

const ALLOWED: Readonly<Record<Role, readonly Action[]>> = {
  superadmin: [...KABUPATEN, 'manage-users', 'configure'],
  kabupaten: KABUPATEN,
  operator: OPERATOR,
  kecamatan: ['read', 'retry'],
  pembaca: ['read'],
};

/** `kode` is the region the action touches; null for actions on no region. */
export function may(actor: Actor, action: Action, kode: KodeWilayah | null): boolean {
  return ALLOWED[actor.role].includes(action) && (kode === null || covers(actor, kode));
}

/** @throws Forbidden */
export function requireMay(actor: Actor, action: Action, kode: KodeWilayah | null): void {
  if (!may(actor, action, kode)) throw new Forbidden('tidak-berhak', 'Akun Anda tidak berhak melakukan tindakan ini.');
}

function covers({ wilayah }: Actor, kode: KodeWilayah): boolean {
  return isWithin(kode, wilayah);
}
