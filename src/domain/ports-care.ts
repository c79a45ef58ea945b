/** Ports of looking after backups: links to them, and copies away from this server. What holds for all of them stands in ports.ts. */
import type { DrillAge } from './drill.ts';
import type { Offsite, OffsiteState } from './offsite.ts';
import type { KodeWilayah } from './wilayah.ts';

/** Lets one person fetch one backup for a while; worth nothing without being signed in as them. */
export interface BackupLink {
  readonly id: string;
  readonly backupId: string;
  readonly username: string;
  readonly expiresAt: Date;
}

export interface BackupLinks {
  create(link: BackupLink): Promise<void>;
  find(id: string): Promise<BackupLink | null>;
}

/** When whose backups were restored to see whether they can be. Outlives the backups that were used for it. */
export interface Drills {
  /** Of all active installations, or those of a region. */
  ages(within: KodeWilayah | null): Promise<readonly DrillAge[]>;
  /** It is their turn now. */
  noteTurn(installationIds: readonly string[], at: Date): Promise<void>;
  noteProven(installationId: string, at: Date): Promise<void>;
}

/** What is on record of the copies elsewhere. */
export interface Offsites {
  find(): Promise<OffsiteState | null>;
  /** Begins anew: nothing has been copied to it yet. */
  save(offsite: Offsite): Promise<void>;
  note(change: Partial<Pick<OffsiteState, 'copiedAt' | 'checkedAt' | 'failure'>>): Promise<void>;
  remove(): Promise<void>;
}

/** The copies themselves. Each call may take as long as its signal lets it. */
export interface OffsiteStore {
  /** Makes the store where there is none. @throws Broken when it cannot be reached, or opens with another password only */
  open(offsite: Offsite, signal: AbortSignal): Promise<void>;
  /** Copies all backups and archives as they are now, and lets go of old copies. */
  copy(offsite: Offsite, signal: AbortSignal): Promise<{ readonly addedBytes: number }>;
  /** Reads the store's structure and a tenth of its data. @throws Broken */
  check(offsite: Offsite, signal: AbortSignal): Promise<void>;
  /** Brings one folder below the data folder back from the newest copy that has it. @throws NotFound */
  bring(offsite: Offsite, key: string, signal: AbortSignal): Promise<void>;
  /** What an SFTP server must be told to let us in: one line of authorized_keys. Made once. */
  publicKey(): Promise<string>;
}
