/** A template that schemas are loaded from in advance. */
export interface PoolTemplate {
  readonly app: string;
  /** As in the plan's release. */
  readonly template: string;
}

/**
 * Schemas that hold an app's template already and belong to no desa yet. Each is known here until an installation has
 * claimed it; from then on only the claim counts. One that was not claimed is dropped, never given to somebody else.
 */
export interface SchemaPool {
  /** Takes a ready one for this installation alone and remembers that the template is in use; null when there is none. */
  take(template: PoolTemplate, installationId: string): Promise<string | null>;
  /** Whether it was taken for this installation and not handed over yet. */
  isTakenFor(schema: string, installationId: string): Promise<boolean>;
  /** The installation holds it by claim: the pool forgets it. */
  handOver(schema: string, installationId: string): Promise<void>;

  /** Whether nobody waits for a job. */
  isQuiet(): Promise<boolean>;
  /** Templates in use with fewer ready schemas than wanted. */
  missing(): Promise<readonly PoolTemplate[]>;
  /** Whether `condemn` would find anything. */
  hasLeftovers(): Promise<boolean>;

  // The rest is for whoever holds the lock `pool`.

  /** Notes a schema that is about to be made. */
  begin(schema: string, template: string): Promise<void>;
  /** It is loaded completely. False when it was condemned meanwhile: it must be dropped. */
  finish(schema: string): Promise<boolean>;
  /** Marks what is to be dropped, so that nobody takes it any more: half-filled ones, those of old templates, those nobody claimed. */
  condemn(): Promise<readonly string[]>;
  /** A condemned one is gone. */
  forget(schema: string): Promise<void>;
}
