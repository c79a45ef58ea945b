import type { DrillAge } from '../../src/domain/drill.ts';
import type { Channel, NoticeChannel, QueuedNews } from '../../src/domain/notice.ts';
import type { OffsiteState } from '../../src/domain/offsite.ts';
import type { Toolbox } from '../../src/domain/ports.ts';
import type { BackupLink, Drills } from '../../src/domain/ports-care.ts';
import type { Installation } from '../../src/domain/tenant.ts';
import { contactsIn } from './memory-people.ts';

/** Copies elsewhere, links to backups, and ways of telling people. Nothing is copied and nobody is told. */
export function careIn(now: () => Date): Pick<Toolbox, 'offsites' | 'offsiteStore' | 'backupLinks' | 'notices'> {
  const unused = async (): Promise<never> => {
    throw new Error('not in this world');
  };
  let offsite: OffsiteState | null = null;
  const links = new Map<string, BackupLink>();
  const channels = new Map<Channel, NoticeChannel>();
  const queued: QueuedNews[] = [];
  return {
    offsites: {
      find: async () => offsite,
      save: async (wanted) => {
        offsite = { ...wanted, copiedAt: null, checkedAt: null, failure: null };
      },
      note: async (change) => {
        offsite = offsite === null ? null : { ...offsite, ...change };
      },
      remove: async () => {
        offsite = null;
      },
    },
    offsiteStore: {
      ...{ copy: unused, check: unused, bring: unused },
      open: async () => undefined,
      publicKey: async () => 'ssh-ed25519 AAAA uji',
    },
    backupLinks: { create: async (link) => void links.set(link.id, link), find: async (id) => links.get(id) ?? null },
    notices: {
      ...contactsIn(),
      channels: async () => [...channels.values()],
      saveChannel: async (channel) => void channels.set(channel.settings.channel, channel),
      removeChannel: async (channel) => void channels.delete(channel),
      queue: async (items) => void queued.push(...items),
      list: async () =>
        queued.map(({ id, channel, news }) => ({
          ...{ id, channel, key: news.key, recipient: null, title: news.title, text: news.text, state: 'waiting' as const },
          ...{ attempts: 0, nextAt: now(), failure: null, createdAt: now(), sentAt: null },
        })),
      due: unused,
      save: unused,
    },
  };
}

/** When whose backups were drilled. */
export function drillsIn(installations: ReadonlyMap<string, Installation>): Drills {
  const kept = new Map<string, Pick<DrillAge, 'turnAt' | 'provenAt'>>();
  return {
    ages: async (within) =>
      [...installations.values()]
        .filter(({ state, kode }) => state === 'active' && (within === null || kode.startsWith(within)))
        .map(({ id, kode, app }) => ({ installationId: id, kode, app, turnAt: null, provenAt: null, ...kept.get(id) })),
    noteTurn: async (ids, turnAt) => {
      for (const id of ids) kept.set(id, { provenAt: null, ...kept.get(id), turnAt });
    },
    noteProven: async (id, at) => void kept.set(id, { turnAt: at, provenAt: at }),
  };
}
