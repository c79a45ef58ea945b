import type { Toolbox } from '../../src/domain/ports.ts';
import type { Audit, OpenSession, Policies, SecondFactors, UserSessions } from '../../src/domain/ports-people.ts';
import type { User, Users } from '../../src/domain/ports-records.ts';
import { isKodeTenant } from '../../src/domain/wilayah.ts';

export interface MemorySession extends Omit<OpenSession, 'id'> {
  readonly family: string;
  readonly tokenHash: string;
  readonly expiresAt: Date;
  seenAt: Date;
  state: 'open' | 'rotated' | 'revoked';
}

export interface MemoryFactor {
  keyRef: string;
  confirmedAt: Date | null;
  lastStep: number;
  readonly recovery: Map<string, boolean>;
}

/** What is held of people who sign in. */
interface PeopleMemory {
  readonly users: Map<string, User>;
  readonly sessions: MemorySession[];
  readonly factors: Map<string, MemoryFactor>;
  readonly policies: Map<string, string>;
  readonly audit: Parameters<Audit['note']>[0][];
  now: Date;
}

export function peopleIn(memory: PeopleMemory): Pick<Toolbox, 'users' | 'sessions' | 'secondFactors' | 'policies'> {
  return { users: usersIn(memory), sessions: sessionsIn(memory), secondFactors: factorsIn(memory), policies: policiesIn(memory) };
}

function usersIn(memory: PeopleMemory): Users {
  const failures = new Map<string, number>();
  const change = (id: string, changes: Partial<User>): void => {
    const user = memory.users.get(id);
    if (user !== undefined) memory.users.set(id, { ...user, ...changes });
  };
  const shown = (user: User | undefined): User | null =>
    user === undefined ? null : { ...user, secondFactorAt: memory.factors.get(user.id)?.confirmedAt ?? null };
  return {
    async create(user) {
      memory.users.set(user.id, { ...user, lockedUntil: null, disabled: false, secondFactorAt: null });
    },
    save: async (id, changes) => change(id, changes),
    find: async (id) => shown(memory.users.get(id)),
    findByName: async (username) =>
      shown([...memory.users.values()].find((user) => user.username.toLowerCase() === username.toLowerCase())),
    list: async () => [...memory.users.values()].sort((a, b) => a.username.localeCompare(b.username)).flatMap((user) => shown(user) ?? []),
    count: async () => memory.users.size,
    async savePassword(id, passwordHash, mustChangePassword) {
      failures.delete(id);
      change(id, { passwordHash, mustChangePassword, lockedUntil: null });
      for (const session of memory.sessions) if (session.userId === id) session.state = 'revoked';
    },
    async noteFailure(id) {
      const n = (failures.get(id) ?? 0) + 1;
      failures.set(id, n >= 10 ? 0 : n);
      if (n >= 10) change(id, { lockedUntil: new Date(memory.now.getTime() + 15 * 60_000) });
    },
    async noteSuccess(id) {
      failures.delete(id);
      change(id, { lockedUntil: null });
    },
  };
}

function sessionsIn(memory: PeopleMemory): UserSessions {
  const revoke = (isMeant: (session: MemorySession) => boolean): void => {
    for (const session of memory.sessions) if (isMeant(session)) session.state = 'revoked';
  };
  const lasting = (): MemorySession[] => memory.sessions.filter(({ state, expiresAt }) => state === 'open' && expiresAt > memory.now);
  const present = ({ family, userId, startedAt, seenAt, address, device }: MemorySession): OpenSession => {
    return { id: family, userId, startedAt, seenAt, address, device };
  };
  return {
    async open({ id, ...session }) {
      memory.sessions.push({ ...session, family: id, startedAt: memory.now, seenAt: memory.now, state: 'open' });
    },
    async rotate(oldHash, { id: _id, ...next }) {
      const old = memory.sessions.find(({ tokenHash }) => tokenHash === oldHash);
      if (old === undefined || old.state === 'revoked' || old.expiresAt < memory.now) return null;
      if (old.state === 'rotated') {
        revoke(({ family }) => family === old.family);
        return null;
      }
      old.state = 'rotated';
      const { family, userId, startedAt } = old;
      memory.sessions.push({ ...next, family, userId, startedAt, seenAt: memory.now, state: 'open' });
      return { sessionId: family, userId };
    },
    async find(id) {
      const found = lasting().find(({ family }) => family === id);
      return found === undefined ? null : present(found);
    },
    lasting: async (ids) => new Set(lasting().flatMap(({ family }) => (ids.includes(family) ? [family] : []))),
    async noteSeen(id) {
      for (const session of lasting()) if (session.family === id) session.seenAt = memory.now;
    },
    of: async (id) =>
      lasting()
        .filter(({ userId }) => userId === id)
        .map(present),
    async closeByToken(hash) {
      const found = memory.sessions.find(({ tokenHash }) => tokenHash === hash);
      if (found !== undefined) revoke(({ family }) => family === found.family);
    },
    close: async (id) => revoke(({ family }) => family === id),
    closeAll: async (id) => revoke(({ userId }) => userId === id),
  };
}

function factorsIn(memory: PeopleMemory): SecondFactors {
  const { factors } = memory;
  return {
    async find(userId) {
      const found = factors.get(userId);
      if (found === undefined) return null;
      const recoveryLeft = [...found.recovery.values()].filter((isUsed) => !isUsed).length;
      return { userId, keyRef: found.keyRef, confirmedAt: found.confirmedAt, recoveryLeft };
    },
    begin: async (userId, keyRef) => void factors.set(userId, { keyRef, confirmedAt: null, lastStep: 0, recovery: new Map() }),
    async confirm(userId, keyRef, step) {
      const found = factors.get(userId);
      if (found === undefined || found.keyRef !== keyRef || found.confirmedAt !== null) return false;
      Object.assign(found, { confirmedAt: memory.now, lastStep: step });
      return true;
    },
    async takeStep(userId, step) {
      const found = factors.get(userId);
      if (found === undefined || found.confirmedAt === null || found.lastStep >= step) return false;
      found.lastStep = step;
      return true;
    },
    async saveRecovery(userId, hashes) {
      const recovery = factors.get(userId)?.recovery;
      recovery?.clear();
      for (const hash of hashes) recovery?.set(hash, false);
    },
    async takeRecovery(userId, hash) {
      const recovery = factors.get(userId)?.recovery;
      if (recovery?.get(hash) !== false) return false;
      recovery.set(hash, true);
      return true;
    },
    remove: async (userId) => void factors.delete(userId),
  };
}

function policiesIn({ policies }: PeopleMemory): Policies {
  return { find: async (name) => policies.get(name) ?? null, save: async (name, value) => void policies.set(name, value) };
}

/** Searches as the record does, but does not page. */
export function auditIn(memory: PeopleMemory): Audit {
  return {
    async list({ search = '', actor, action, target, kode, since, until, limit }) {
      const rows = memory.audit
        .map((entry, index) => {
          const about = entry.kode ?? (isKodeTenant(entry.target) ? entry.target : null);
          return { ...entry, id: index + 1, at: memory.now, kode: about, detail: entry.detail ?? {} };
        })
        .filter(
          (entry) =>
            JSON.stringify(entry).includes(search) &&
            (actor === undefined || entry.actor === actor) &&
            (action === undefined || entry.action === action) &&
            (target === undefined || entry.target === target) &&
            (kode === undefined || entry.kode === kode) &&
            (since === undefined || entry.at >= since) &&
            (until === undefined || entry.at < until),
        )
        .reverse();
      return { rows: rows.slice(0, limit), next: null };
    },
    actions: async () => [...new Set(memory.audit.map(({ action }) => action))],
    async note(entry) {
      memory.audit.push(entry);
    },
  };
}
