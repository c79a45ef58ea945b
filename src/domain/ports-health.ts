/** Port of what is known of apps that do not answer. What holds for all ports stands in ports.ts. */
import type { KodeTenant, KodeWilayah } from './wilayah.ts';

/** An active app, and where it would answer. */
export interface Watched {
  readonly installationId: string;
  readonly kode: KodeTenant;
  /** Key of the folder with its socket. */
  readonly runFolder: string;
}

/** An active app whose door nobody opened when it was looked at last. */
export interface Silence {
  readonly installationId: string;
  readonly kode: KodeTenant;
  readonly since: Date;
}

export interface Silences {
  /** Every active installation that has a socket. */
  watched(): Promise<readonly Watched[]>;
  list(within: KodeWilayah | null): Promise<readonly Silence[]>;
  /** These, and no others: who was silent before keeps the time since when. */
  replace(found: readonly Pick<Watched, 'installationId' | 'kode'>[]): Promise<void>;
}
