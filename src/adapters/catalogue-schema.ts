import Type, { type Static } from 'typebox';
import type { AppManifest, CommandManifest, SettingManifest } from '../domain/manifest.ts';
import { containerSettings } from '../domain/setting.ts';

/** The shape of `app.yaml` and `runtime.yaml`. What a key means stands in domain/manifest.ts; null is as good as absent. */
const closed = { additionalProperties: false } as const;

const Name = Type.String({ pattern: '^[a-z][a-z0-9-]{0,29}$' });
const Text = Type.String({ minLength: 1, maxLength: 500 });
const Absolute = Type.String({ pattern: '^(/[A-Za-z0-9._-]+)+$' });
const Relative = Type.String({ pattern: '^(?!.*(^|/)\\.\\.?(/|$))[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$' });
const SqlName = Type.String({ pattern: '^[A-Za-z0-9_]{1,64}$' });
const RuntimeName = Type.String({ pattern: '^[a-z0-9][a-z0-9.-]{0,29}$' });
const Version = Type.String({ pattern: '^[0-9]+([.][0-9]+)*$' });
/** Of a request, as front-guard.ts takes it. */
const FrontPath = Type.String({ pattern: '^(/[A-Za-z0-9._~-]+)+$' });
const WebPath = Type.String({ pattern: '^/[A-Za-z0-9._~/?=&%-]*$' });

/** What an app may do in its own schema; nothing here reaches another one or gives rights away. */
const PRIVILEGES = [
  'SELECT',
  'INSERT',
  'UPDATE',
  'DELETE',
  'CREATE',
  'ALTER',
  'DROP',
  'INDEX',
  'REFERENCES',
  'CREATE VIEW',
  'SHOW VIEW',
  'CREATE TEMPORARY TABLES',
  'LOCK TABLES',
  'TRIGGER',
  'EVENT',
  'EXECUTE',
  'CREATE ROUTINE',
  'ALTER ROUTINE',
] as const;

const Command = Type.Object(
  {
    run: Type.Array(Text, { minItems: 1 }),
    input: Type.Optional(Type.Record(Type.String(), Type.String())),
    timeoutSeconds: Type.Integer({ minimum: 1, maximum: 7200 }),
  },
  closed,
);

const Setting = Type.Object(
  {
    name: Name,
    label: Text,
    kind: Type.Optional(Type.Enum(['choice', 'text', 'number', 'date', 'email', 'secret'])),
    options: Type.Optional(Type.Array(Text, { minItems: 1 })),
    default: Type.Optional(Type.String({ maxLength: 200 })),
    min: Type.Optional(Type.Number()),
    max: Type.Optional(Type.Number()),
    hint: Type.Optional(Text),
    warnDays: Type.Optional(Type.Array(Type.Integer({ minimum: 0, maximum: 365 }), { minItems: 1 })),
    needed: Type.Optional(Type.Record(Type.String(), Type.String())),
  },
  closed,
);

/** `templates/settings/<group>.yaml`: settings that several apps of a desa share, described once. */
export const SharedSchema = Type.Object({ settings: Type.Array(Setting, { minItems: 1 }) }, closed);

export const AppSchema = Type.Object(
  {
    name: Name,
    title: Text,
    description: Text,
    scope: Type.Enum(['desa', 'kecamatan', 'kabupaten']),
    sample: Type.Optional(Type.Boolean()),
    mount: Type.String({ pattern: '^/([a-z0-9-]+(/[a-z0-9-]+)*)?$' }),
    source: Type.Object(
      {
        repo: Text,
        tags: Text,
        version: Type.Optional(Type.Object({ file: Relative, pattern: Text }, closed)),
        channels: Type.Optional(
          Type.Record(Type.String({ pattern: '^[a-z0-9]{1,20}$' }), Type.Object({ setting: Name, repo: Text }, closed)),
        ),
        php: Type.Optional(Relative),
      },
      closed,
    ),
    runtime: RuntimeName,
    runtimes: Type.Optional(Type.Array(RuntimeName, { minItems: 1 })),
    layers: Type.Optional(Type.Array(Name)),
    untested: Type.Optional(Type.Boolean()),
    needs: Type.Optional(Type.Array(Type.Object({ app: Name, from: Type.Optional(Version), to: Type.Optional(Version) }, closed))),
    borrow: Type.Optional(
      Type.Object({ app: Name, privileges: Type.Array(Type.Enum([...PRIVILEGES]), { minItems: 1 }), files: Absolute }, closed),
    ),
    reads: Type.Optional(Type.Object({ app: Name, purpose: Type.String({ minLength: 1, maxLength: 150 }) }, closed)),
    front: Type.Optional(
      Type.Object(
        {
          deny: Type.Optional(Type.Array(FrontPath, { maxItems: 100 })),
          readOnly: Type.Optional(Type.Array(FrontPath, { maxItems: 100 })),
          digits: Type.Optional(Type.Array(Type.String({ pattern: '^[A-Za-z0-9_-]{1,40}$' }), { maxItems: 100 })),
        },
        closed,
      ),
    ),
    image: Type.Object({ code: Absolute, directories: Type.Optional(Type.Array(Relative)) }, closed),
    volumes: Type.Optional(
      Type.Array(Type.Object({ name: Name, path: Absolute, keep: Type.Boolean(), cache: Type.Optional(Type.Boolean()) }, closed)),
    ),
    database: Type.Optional(
      Type.Object(
        {
          charset: Type.String({ pattern: '^[a-z0-9]+$' }),
          collation: Type.String({ pattern: '^[a-z0-9_]+$' }),
          privileges: Type.Array(Type.Enum([...PRIVILEGES]), { minItems: 1 }),
        },
        closed,
      ),
    ),
    secrets: Type.Optional(
      Type.Array(
        Type.Object({ name: Name, kind: Type.Enum(['base64-32', 'password', 'hex-32']), reveal: Type.Optional(Type.Boolean()) }, closed),
      ),
    ),
    settings: Type.Optional(Type.Array(Setting)),
    shares: Type.Optional(Type.Array(Name)),
    files: Type.Optional(
      Type.Array(
        Type.Object(
          {
            template: Relative,
            volume: Name,
            to: Relative,
            write: Type.Optional(Type.Enum(['always', 'once'])),
            restart: Type.Optional(Type.Boolean()),
          },
          closed,
        ),
      ),
    ),
    commands: Type.Optional(
      Type.Object(
        {
          seed: Type.Optional(Command),
          identify: Type.Optional(Command),
          configure: Type.Optional(Command),
          migrate: Type.Optional(Command),
          readdress: Type.Optional(Command),
          status: Type.Optional(Command),
        },
        closed,
      ),
    ),
    probes: Type.Array(
      Type.Object(
        {
          kind: Type.Enum(['live', 'deep']),
          path: WebPath,
          status: Type.Integer({ minimum: 100, maximum: 599 }),
          contains: Type.Optional(Type.Array(Text)),
          lacks: Type.Optional(Type.Array(Text)),
          json: Type.Optional(Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()]))),
        },
        closed,
      ),
      { minItems: 1 },
    ),
    conserve: Type.Optional(
      Type.Array(Type.Object({ table: SqlName, columns: Type.Optional(Type.Array(SqlName, { maxItems: 20 })) }, closed)),
    ),
    limits: Type.Object(
      {
        memoryMb: Type.Integer({ minimum: 16, maximum: 65_536 }),
        cpus: Type.Number({ minimum: 0.05, maximum: 64 }),
        pids: Type.Integer({ minimum: 8, maximum: 4096 }),
        startSeconds: Type.Integer({ minimum: 1, maximum: 900 }),
        uploadMb: Type.Optional(Type.Integer({ minimum: 1, maximum: 4096 })),
        answerSeconds: Type.Optional(Type.Integer({ minimum: 5, maximum: 3600 })),
      },
      closed,
    ),
    egress: Type.Optional(Type.Enum(['none', 'internet'])),
  },
  closed,
);

export const RuntimeSchema = Type.Object(
  {
    name: RuntimeName,
    base: Type.Enum(['bookworm', 'trixie']),
    php: Type.Optional(Type.String({ pattern: '^[0-9]+[.][0-9]+$' })),
    layers: Type.Optional(Type.Array(Name)),
    packages: Type.Array(Type.String({ pattern: '^[a-z0-9][a-z0-9.+-]+$' })),
    serve: Type.Array(Text, { minItems: 1 }),
  },
  closed,
);

/** Fills in what `app.yaml` may leave out. @param shared the settings of each group it may share */
export function toManifest(
  { shares = [], front, ...raw }: Static<typeof AppSchema>,
  shared: ReadonlyMap<string, readonly SettingManifest[]>,
): AppManifest {
  const { source, image, commands = {} } = raw;
  const egress = raw.egress ?? 'none';
  return {
    ...raw,
    ...(front === undefined ? {} : { front: { deny: [], readOnly: [], digits: [], ...front } }),
    sample: raw.sample ?? false,
    source: { ...source, version: source.version ?? null },
    image: { ...image, directories: image.directories ?? [] },
    volumes: (raw.volumes ?? []).map((volume) => ({ ...volume, cache: volume.cache ?? false })),
    database: raw.database ?? null,
    secrets: (raw.secrets ?? []).map((secret) => ({ ...secret, reveal: secret.reveal ?? false })),
    settings: [
      ...shares.flatMap((group) => shared.get(group) ?? []),
      ...toSettings('aplikasi', raw.settings ?? []),
      ...containerSettings({ limits: raw.limits, egress }),
    ],
    files: (raw.files ?? []).map((file) => ({ ...file, write: file.write ?? 'always', restart: file.restart ?? true })),
    commands: {
      seed: toCommand(commands.seed),
      identify: toCommand(commands.identify),
      configure: toCommand(commands.configure),
      migrate: toCommand(commands.migrate),
      readdress: toCommand(commands.readdress),
      status: toCommand(commands.status),
    },
    probes: raw.probes.map((probe) => ({ ...probe, contains: probe.contains ?? [], lacks: probe.lacks ?? [] })),
    conserve: (raw.conserve ?? []).map(({ table, columns }) => ({ table, columns: columns ?? [] })),
    egress,
  };
}

export function toSettings(group: string, raw: readonly Static<typeof Setting>[]): readonly SettingManifest[] {
  return raw.map(({ kind, options = [], default: usual = '', ...rest }) => ({
    ...{ ...rest, options, default: usual, group },
    kind: kind ?? (options.length > 0 ? 'choice' : 'text'),
  }));
}

function toCommand(raw: Static<typeof Command> | undefined): CommandManifest | null {
  return raw === undefined ? null : { ...raw, input: raw.input ?? {} };
}
