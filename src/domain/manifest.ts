import type { Scope } from './wilayah.ts';

/**
 * The manifest of an app: everything Pendopo has to know to build, install, probe and archive it.
 * An app is data: a folder `templates/apps/<name>/` with `app.yaml` (this shape), `image/` (files laid over
 * the image's root, over those of its `layers`) and `files/` (templates rendered into the desa's volumes). Adding an app needs no TypeScript.
 */
export interface AppManifest {
  /** Folder name: lower case letters, digits, dashes. Part of schema, container and folder names. */
  readonly name: string;
  /** What people read: "OpenSID". */
  readonly title: string;
  /** One sentence in Indonesian. */
  readonly description: string;
  /** Whose tenant runs it. */
  readonly scope: Scope;
  /** True for the bundled sample apps. */
  readonly sample: boolean;
  /** Path below the tenant's domain: `/`, `/pbb`, `/api`. */
  readonly mount: string;
  readonly source: SourceManifest;
  /** Folder name below `templates/runtimes/`: the one that is used unless `runtimes` lists several. In a plan, the chosen one. */
  readonly runtime: string;
  /** Runtimes to choose from, best first: the first whose PHP the release's own composer.json accepts. */
  readonly runtimes?: readonly string[];
  /** Folders of `templates/layers/` with files of its image that it shares with others. */
  readonly layers?: readonly string[];
  /** True while nobody has run the real app with this manifest; the UI says so. */
  readonly untested?: boolean;
  /** Apps of the same tenant without which this one cannot work. */
  readonly needs?: readonly NeedManifest[];
  /** What it uses of an app it needs; null or left out: nothing. */
  readonly borrow?: BorrowManifest;
  /** Whose combined database it reads, with an account of its own; only an app of the kabupaten may. */
  readonly reads?: ReadsManifest;
  /** What the front lets through to it; left out: everything. */
  readonly front?: FrontManifest;
  readonly image: ImageManifest;
  readonly volumes: readonly VolumeManifest[];
  /** null: the app has no database. */
  readonly database: DatabaseManifest | null;
  readonly secrets: readonly SecretManifest[];
  /** Its own, those it shares with others, and those of its container. */
  readonly settings: readonly SettingManifest[];
  readonly files: readonly FileManifest[];
  readonly commands: CommandsManifest;
  readonly probes: readonly ProbeManifest[];
  /** What no update may change. */
  readonly conserve: readonly ConserveManifest[];
  readonly limits: LimitsManifest;
  /** Whether containers of this app may open connections to the outside. `none` = no network at all. */
  readonly egress: 'none' | 'internet';
}

export interface NeedManifest {
  readonly app: string;
  /** Lowest and highest version that fit, both inclusive, compared number by number: `2507`, `26.11.1`. */
  readonly from?: string;
  readonly to?: string;
}

/** Data of an app it needs, reached with an account of its own and never with that app's password. */
export interface BorrowManifest {
  /** Which app's; must be among `needs`. */
  readonly app: string;
  /** Rights on that app's schema: no more than needed. */
  readonly privileges: readonly string[];
  /** Absolute path in the container at which that app's folder of this tenant appears, read-only. */
  readonly files: string;
}

/** The combined database of another app, for reading only. */
export interface ReadsManifest {
  readonly app: string;
  /** What people are told the account is for. */
  readonly purpose: string;
}

/**
 * For an app that leaves a door open: what the front keeps from it. Paths begin with `mount`; each means all below it too.
 * With `digits`, a query must be written plainly (names of letters, digits, `_`, `-` and closed brackets): a name that
 * PHP would read as another one is refused.
 */
export interface FrontManifest {
  /** Nobody gets there: 404. */
  readonly deny: readonly string[];
  /** Only GET and HEAD (400 for others), and no body: all that these are given stands in the query, where it is looked at. */
  readonly readOnly: readonly string[];
  /** Names of values in the query, whatever they are nested in, that must be digits or empty: 400 otherwise. */
  readonly digits: readonly string[];
}

export interface SourceManifest {
  /** Default git URL; the operator's `<NAME>_REPO` (OPENSID_REPO) replaces it: URL, file:// or a path. */
  readonly repo: string;
  /** Regular expression of release tags; its groups, left to right, are numbers that order the releases. */
  readonly tags: string;
  /** Where the code itself says its version. Must equal the tag without its leading `v`. */
  readonly version: { readonly file: string; readonly pattern: string } | null;
  /** Other repositories, each for the installations whose setting has the channel's name as its value. */
  readonly channels?: Readonly<Record<string, ChannelManifest>>;
  /** File of the code (composer.json) whose `require.php` says which PHP it runs on. */
  readonly php?: string;
}

export interface ChannelManifest {
  /** Which setting chooses it. */
  readonly setting: string;
  /** As the app's own; the operator's `<NAME>_<CHANNEL>_REPO` (OPENSID_PREMIUM_REPO) replaces it. */
  readonly repo: string;
}

export interface ImageManifest {
  /** Absolute folder in the image that receives the code. */
  readonly code: string;
  /** Folders below `code` that must exist in the image: mount points and what a read-only tree cannot make later. */
  readonly directories: readonly string[];
}

export interface VolumeManifest {
  readonly name: string;
  /** Absolute path in the container. */
  readonly path: string;
  /** Whether the archive and backups hold it. */
  readonly keep: boolean;
  /** Made from code and data, and wrong with any other code: emptied whenever the release changes. */
  readonly cache: boolean;
}

/** A table that must have as many rows after an update as before it, and the same content in these columns. */
export interface ConserveManifest {
  readonly table: string;
  readonly columns: readonly string[];
}

export interface DatabaseManifest {
  readonly charset: string;
  readonly collation: string;
  /** Rights the app's user gets on its own schema, never GRANT OPTION. */
  readonly privileges: readonly string[];
}

export interface SecretManifest {
  /** `db-password` always exists when the app has a database; others are declared here. */
  readonly name: string;
  /** `base64-32`: "base64:" + 32 random bytes; `password`: 16 characters of every class; `hex-32`: 64 hex digits. */
  readonly kind: 'base64-32' | 'password' | 'hex-32';
  /** Shown once to the person who installs (the administrator's first password). */
  readonly reveal: boolean;
}

/** What may be set for an installation: how a value is typed, checked and shown. Data, like the rest of an app. */
export interface SettingManifest {
  readonly name: string;
  readonly label: string;
  /** `secret`: the value is in the vault, and settings hold its reference only. */
  readonly kind: 'choice' | 'text' | 'number' | 'date' | 'email' | 'secret';
  /** For `choice`; empty for the rest. */
  readonly options: readonly string[];
  /** Empty: none. A choice always has one. */
  readonly default: string;
  /** For `number`, both inclusive; fractions are allowed where `min` is one. */
  readonly min?: number;
  readonly max?: number;
  /** Settings and values with which it may not be empty: a premium token where the subscription is premium. */
  readonly needed?: Readonly<Record<string, string>>;
  /** For `date`: something ends on that day, and people are told so many days before. */
  readonly warnDays?: readonly number[];
  /** One sentence below the field. */
  readonly hint?: string;
  /** `aplikasi`: this app's own; `wadah`: its container's; else a group that several apps of a desa share. */
  readonly group: string;
}

export interface FileManifest {
  /** Below `files/`; `{{name}}` is replaced, `{{name|php}}` is quoted as a PHP string literal's content. */
  readonly template: string;
  readonly volume: string;
  /** Relative to the volume. */
  readonly to: string;
  /** `once`: never written again once it exists (desa/app_key). */
  readonly write: 'always' | 'once';
  /** Whether the app notices a change only when it starts. */
  readonly restart: boolean;
}

/**
 * A one-off command in a container of the app's image. It reads a JSON object of `input` on standard input and
 * prints one JSON object as its last line of standard output: `{"ok":true,…}` or `{"ok":false,"pesan":"…"}`.
 */
export interface CommandManifest {
  readonly run: readonly string[];
  /** Values, with the same `{{name}}` placeholders as files. They travel by standard input only. */
  readonly input: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
}

export interface CommandsManifest {
  /** Fills an empty schema; its result is dumped once per release and loaded for every new desa. null: no template. */
  readonly seed: CommandManifest | null;
  /** Gives a loaded template the desa's identity and administrator. Repeatable. */
  readonly identify: CommandManifest | null;
  /** Puts into the app's own database the settings that it keeps there; repeatable. An empty value gives back what was there before. */
  readonly configure?: CommandManifest | null;
  /** The desa has other addresses (`address.before` is the old one): what the app's own database says of them follows. Repeatable. */
  readonly readdress?: CommandManifest | null;
  /** Brings schema and data to this release. Repeatable; refuses an empty schema. */
  readonly migrate: CommandManifest | null;
  /** `{"ok":true,"version":"…","migrated":true,"kode":"…"}`: what really runs. */
  readonly status: CommandManifest | null;
}

export interface ProbeManifest {
  /** `live` is cheap and repeatable; `deep` only after install, update or restore. */
  readonly kind: 'live' | 'deep';
  readonly path: string;
  readonly status: number;
  /** All must occur in the body; placeholders allowed. */
  readonly contains: readonly string[];
  /** None may occur. */
  readonly lacks: readonly string[];
  /** Top-level keys of a JSON answer and the values they must have, literally; placeholders allowed in texts. */
  readonly json?: Readonly<Record<string, string | number | boolean>>;
}

export interface LimitsManifest {
  readonly memoryMb: number;
  readonly cpus: number;
  readonly pids: number;
  /** How long after its start the app may take to answer its probes. */
  readonly startSeconds: number;
  /** The largest body a visitor may send it, and how long its answer may take; 64 and 300 when left out. The app's own limits must allow as much. */
  readonly uploadMb?: number;
  readonly answerSeconds?: number;
}

/** `templates/runtimes/<name>/runtime.yaml`: a base system and Debian packages, built once, shared by all apps that name it. */
export interface RuntimeManifest {
  readonly name: string;
  /** Debian suite of the base image. */
  readonly base: 'bookworm' | 'trixie';
  /** The PHP version it brings: `8.4`. */
  readonly php?: string;
  /** Folders of `templates/layers/` with files that it shares with others. */
  readonly layers?: readonly string[];
  readonly packages: readonly string[];
  /** The container's command, absolute path first. */
  readonly serve: readonly string[];
}
