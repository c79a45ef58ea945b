import { ROLES, type Role } from './access.ts';

/** Name of the policy that says who must prove who they are with a code besides the password. */
export const SECOND_FACTOR_POLICY = 'faktor-kedua';

/** The roles that a policy's value names; what it does not know, it leaves out. */
export function rolesIn(value: string | null): readonly Role[] {
  const named = new Set((value ?? '').split(','));
  return ROLES.filter((role) => named.has(role));
}
