import { type Actor, requireMay } from '../../domain/access.ts';
import { NotFound } from '../../domain/errors.ts';
import type { Toolbox } from '../../domain/ports.ts';
import type { OpenSession } from '../../domain/ports-people.ts';
import { requireUser } from './users-change.ts';

/** Where somebody is signed in: oneself, or anybody for who manages people. @throws Forbidden, NotFound */
export async function sessionsOf(tools: Toolbox, actor: Actor, userId: string): Promise<readonly OpenSession[]> {
  if (userId !== actor.id) {
    requireMay(actor, 'manage-users', null);
    await requireUser(tools, userId);
  }
  return tools.sessions.of(userId);
}

/** Signs somebody out on one device, at once. @throws Forbidden, NotFound for a session that is not theirs */
export async function endSession(tools: Toolbox, actor: Actor, userId: string, sessionId: string): Promise<void> {
  const session = (await sessionsOf(tools, actor, userId)).find(({ id }) => id === sessionId);
  if (session === undefined) throw new NotFound('sesi-tidak-ada', 'Sesi ini sudah berakhir.');
  await tools.sessions.close(sessionId);
  const detail = { username: (await requireUser(tools, userId)).username, address: session.address, device: session.device };
  await tools.audit.note({ actor: actor.username, action: 'end-session', target: `user/${userId}`, detail });
}

/** Signs somebody out everywhere, at once: oneself, or anybody for who manages people. @throws Forbidden, NotFound */
export async function endSessions(tools: Toolbox, actor: Actor, userId: string): Promise<void> {
  const open = await sessionsOf(tools, actor, userId);
  await tools.sessions.closeAll(userId);
  const detail = { username: (await requireUser(tools, userId)).username, sessions: open.length };
  await tools.audit.note({ actor: actor.username, action: 'end-sessions', target: `user/${userId}`, detail });
}
