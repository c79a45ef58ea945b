import type { KodeTenant } from './wilayah.ts';

/** How long ago a backup of an active installation was last restored to see whether it can be. */
export interface DrillAge {
  readonly installationId: string;
  readonly kode: KodeTenant;
  readonly app: string;
  /** When the rota, or a person, last picked it; null: never. */
  readonly turnAt: Date | null;
  /** When such a restore last gave the same rows; null: only when its backups were made. */
  readonly provenAt: Date | null;
}

/** So many nights reach everybody: within a month. */
export const DRILL_NIGHTS = 28;

/**
 * Whose turn it is tonight. By turns taken and not by proofs: a desa whose drill fails every time must not take everybody
 * else's turn.
 * @param ages of those that have a backup
 */
export function dueForDrill(ages: readonly DrillAge[]): readonly DrillAge[] {
  const longestAgo = ages.toSorted((a, b) => (a.turnAt?.getTime() ?? 0) - (b.turnAt?.getTime() ?? 0));
  return longestAgo.slice(0, Math.ceil(ages.length / DRILL_NIGHTS));
}
