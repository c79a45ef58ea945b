/** Ports of what runs: images, containers, networks, and commands in them. What holds for all ports stands in ports.ts. */
import type { ReleaseImage } from './image.ts';
import type { CommandManifest, LimitsManifest } from './manifest.ts';
import type { Secret } from './secret.ts';

export interface Mount {
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly mounts: readonly Mount[];
  readonly network: string | null;
  readonly limits: LimitsManifest;
  readonly labels: Readonly<Record<string, string>>;
}

export interface ContainerState {
  readonly running: boolean;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** In bytes. */
export interface MemoryUse {
  readonly used: number;
  readonly limit: number;
}

export interface CommandRun {
  readonly command: CommandManifest;
  /** Travels by standard input. */
  readonly stdin: Secret;
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
}

export interface ImageBuild {
  readonly image: string;
  readonly dockerfile: string;
  /** Local files and folders that go into the build context under these names. Folders become tar files. */
  readonly context: readonly { readonly name: string; readonly source: string }[];
  readonly labels: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
}

export interface Containers {
  imageExists(image: string): Promise<boolean>;
  /** The base system of a Debian suite; pulls or builds it when it is missing. */
  ensureBase(suite: string, signal: AbortSignal, onLine: (line: string) => void): Promise<string>;
  build(build: ImageBuild): Promise<void>;
  /** Images of releases on this engine, whichever Pendopo built them. */
  images(): Promise<readonly ReleaseImage[]>;
  /** False when a container stands on it, of whomever: it stays. */
  removeImage(image: string): Promise<boolean>;
  find(name: string): Promise<ContainerState | null>;
  /** Creates and starts. An existing one of the same name is replaced only if it carries our labels for the same installation. */
  run(spec: ContainerSpec): Promise<void>;
  /** Starts one that was stopped. @throws NotFound */
  start(name: string): Promise<void>;
  stop(name: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** What it holds now, without what the system could take back; null when it does not run. */
  memory(name: string): Promise<MemoryUse | null>;
  /** Last lines of its output, for a cause of failure. */
  tail(name: string, lines: number): Promise<string>;
  /** Runs a command in a running container and gives its last JSON line. @throws Broken with its `pesan` */
  exec(name: string, run: CommandRun): Promise<CommandResult>;
  /** The same in a container of its own, which is gone afterwards. */
  runOnce(spec: ContainerSpec, run: CommandRun): Promise<CommandResult>;
  networkExists(name: string): Promise<boolean>;
  ensureNetwork(name: string, labels: Readonly<Record<string, string>>): Promise<void>;
  removeNetwork(name: string): Promise<void>;
  /** Names of containers and networks that carry this instance's label. */
  owned(): Promise<{ containers: readonly string[]; networks: readonly string[] }>;
}

export type CommandResult = Readonly<Record<string, unknown>> & { readonly ok: true };
