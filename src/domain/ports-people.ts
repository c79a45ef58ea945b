/** Ports of what is on record about the people who sign in, besides their accounts. What holds for all of them stands in ports.ts. */

/** What a person chose to see, by name: `tema`, `kolom-desa`. Nothing depends on it, so anything unknown is ignored. */
export interface Preferences {
  of(userId: string): Promise<Readonly<Record<string, string>>>;
  /** @param value at most 1,000 characters; '' forgets the choice */
  save(userId: string, name: string, value: string): Promise<void>;
}
