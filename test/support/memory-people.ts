import type { Preferences } from '../../src/domain/ports-people.ts';

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
