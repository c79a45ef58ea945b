import type { Input } from './input.ts';
import type { Place, Session } from './session.ts';

/** 0 done · 1 failed · 2 wrong question · 3 Pendopo or something of it does not answer */
export type ExitCode = 0 | 1 | 2 | 3 | 130;

interface Saying {
  readonly name: string;
  /** English ones, not shown in the help. */
  readonly aliases: readonly string[];
  readonly summary: string;
  /** commander's notation and a description: `<kode>`, `[kode...]`. */
  readonly args?: readonly (readonly [string, string])[];
  readonly options?: readonly (readonly [string, string])[];
  /** Without the `pendopo` in front. */
  readonly examples?: readonly string[];
}

/** Something one may say, and what is done then. `standalone` ones work while Pendopo does not run. */
export type Verb = Saying &
  (
    | { readonly standalone?: false; run(session: Session, input: Input): Promise<ExitCode> }
    | { readonly standalone: true; run(place: Place, input: Input): Promise<ExitCode> }
  );

/** What the verbs are about: `desa`, `pekerjaan`, … */
export interface Subject {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly summary: string;
  readonly verbs: readonly Verb[];
}
