import type { MachineDay } from '../../src/domain/fleet.ts';
import type { Machine, MachineDays } from '../../src/domain/ports-machine.ts';
import type { Notices } from '../../src/domain/ports-notices.ts';
import type { Preferences } from '../../src/domain/ports-people.ts';
import type { KodeTenant } from '../../src/domain/wilayah.ts';

export function preferencesIn(): Preferences {
  const chosen = new Map<string, Readonly<Record<string, string>>>();
  return {
    of: async (userId) => chosen.get(userId) ?? {},
    save: async (userId, name, value) => {
      const { [name]: _before, ...others } = chosen.get(userId) ?? {};
      chosen.set(userId, value === '' ? others : { ...others, [name]: value });
    },
  };
}

const GB = 1_000_000_000;

/** A machine with a disk of 100 GB, 40 of it free. */
export const aMachine: Machine = {
  use: async () => ({ diskTotal: 100 * GB, diskFree: 40 * GB, memoryTotal: 32 * GB, memoryFree: 12 * GB }),
};

export function machineDaysIn(days: readonly MachineDay[] = []): MachineDays {
  const kept = new Map(days.map((day) => [day.day, day]));
  return {
    save: async (day) => void kept.set(day.day, day),
    last: async (count) => [...kept.values()].sort((a, b) => a.day.localeCompare(b.day)).slice(-count),
  };
}

export function contactsIn(): Pick<Notices, 'contacts' | 'saveContact'> {
  const kept = new Map<KodeTenant, string>();
  return {
    contacts: async (kodes) => new Map([...kept].filter(([kode]) => kodes?.includes(kode) ?? true)),
    saveContact: async (kode, email) => void (email === null ? kept.delete(kode) : kept.set(kode, email)),
  };
}
