/** What a check found, in words for people. */
export interface Finding {
  readonly ok: boolean;
  readonly detail: string;
  /** What to do about it; null when there is nothing to do. */
  readonly advice: string | null;
}

export interface Check {
  /** Stable, for programs. */
  readonly name: string;
  readonly label: string;
  run(): Promise<Finding>;
}

export function fine(detail: string): Finding {
  return { ok: true, detail, advice: null };
}

export function wrong(detail: string, advice: string): Finding {
  return { ok: false, detail, advice };
}
