import Type, { type Static } from 'typebox';
import type { OpenSession } from '../domain/ports-people.ts';
import { Moment } from './views.ts';

const SessionView = Type.Object({
  id: Type.String(),
  startedAt: Moment,
  seenAt: Moment,
  address: Type.String(),
  device: Type.String(),
  current: Type.Boolean({ description: 'The one that asks.' }),
});
/** Where an account is signed in. */
export const SessionList = Type.Object({ rows: Type.Array(SessionView) });

/** @param current id of the session that asks */
export function sessionView(
  { id, startedAt, seenAt, address, device }: OpenSession,
  current: string | undefined,
): Static<typeof SessionView> {
  return { id, startedAt: startedAt.toISOString(), seenAt: seenAt.toISOString(), address, device, current: id === current };
}
