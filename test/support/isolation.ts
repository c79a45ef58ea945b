import { Secret } from '../../src/domain/secret.ts';
import { parseKodeDesa } from '../../src/domain/wilayah.ts';
import type { Instance } from './instance.ts';

/** Runs inside a desa's container, as the app does, and tells what it reaches of its neighbour. */
const PROBE = `
$input = json_decode(stream_get_contents(STDIN), true);
$own = $input['own']; $other = $input['other'];
mysqli_report(MYSQLI_REPORT_OFF);
$reached = [];
$saw = [];
$db = @new mysqli($own['dbHost'], $own['user'], $own['password'], $own['schema']);
if ($db->connect_errno) $reached[] = 'nothing: not even its own database (' . $db->connect_error . ')';
else {
  foreach ($db->query('SHOW DATABASES')->fetch_all() as [$name]) $saw[] = $name;
  foreach ($input['schemas'] as $schema) {
    if ($db->select_db($schema)) $reached[] = "schema $schema";
    foreach (['config', 'user', 'secrets', 'users'] as $table) {
      if ($db->query("SELECT * FROM \`$schema\`.\`$table\` LIMIT 1")) $reached[] = "table $schema.$table";
    }
  }
  foreach (['mysql.user', 'mysql.global_priv'] as $table) if ($db->query("SELECT * FROM $table LIMIT 1")) $reached[] = "table $table";
  foreach (['LOAD_FILE(' . "'/etc/passwd'" . ')'] as $call) {
    $row = $db->query("SELECT $call"); if ($row && $row->fetch_row()[0] !== null) $reached[] = 'files of the database server';
  }
}
foreach ([$other['user'], 'root', $input['controlUser']] as $user) {
  foreach (['', $own['password']] as $password) {
    $stranger = @new mysqli($own['dbHost'], $user, $password);
    if (!$stranger->connect_errno) $reached[] = "account $user";
  }
}
foreach ($input['paths'] as $path) if (@file_exists($path) || @scandir($path) !== false) $reached[] = "path $path";
foreach ($input['sockets'] as $socket) if (@stream_socket_client("unix://$socket", $code, $text, 2)) $reached[] = "socket $socket";
if (str_contains(file_get_contents('/proc/self/mountinfo'), $other['digits'])) $reached[] = 'a mount of the neighbour';
foreach (array_diff(scandir('/run/pendopo'), ['.', '..']) as $name) if (str_contains($name, $other['digits'])) $reached[] = "socket folder $name";
foreach (glob('/proc/[0-9]*/cmdline') as $file) if (str_contains((string) @file_get_contents($file), $other['digits'])) $reached[] = "process $file";
if (@stream_socket_client('tcp://1.1.1.1:443', $code, $text, 2)) $reached[] = 'the internet';
$net = array_values(array_diff(scandir('/sys/class/net'), ['.', '..']));
if ($net !== ['lo']) $reached[] = 'networks ' . implode(',', $net);
echo PHP_EOL, json_encode(['ok' => true, 'reached' => array_values(array_unique($reached)), 'saw' => $saw]), PHP_EOL;
`;

/** The names one desa's installation has everywhere. */
function namesOf({ config, folder }: Instance, kode: string, app: string, lender: string) {
  const digits = kode.replaceAll('.', '');
  const schemaOf = (name: string): string => `${config.instance}_${digits}_${name.replaceAll('-', '_')}`;
  return {
    ...{ digits, user: schemaOf(app), schema: schemaOf(lender) },
    container: `${config.instance}-${digits}-${app}`,
    folders: [app, lender].map((name) => `${folder}/desa/${digits}/${name}`),
    socket: `${folder}/run/${digits}-${app}/http.sock`,
  };
}

export interface Reach {
  /** What the app of one desa reaches of the other, of Pendopo, or of the world. Must be empty. */
  readonly reached: readonly string[];
  /** Schemas that its database account is shown. */
  readonly saw: readonly string[];
}

/** Tries from inside the container of one desa, with that desa's own database account, to reach the other. @param lender whose schema the app uses */
export async function reachOf(pendopo: Instance, app: string, from: string, to: string, lender = app): Promise<Reach> {
  const { tools, config, folder } = pendopo;
  const [own, other] = [namesOf(pendopo, from, app, lender), namesOf(pendopo, to, app, lender)];
  const installation = (await tools.tenants.find(parseKodeDesa(from)))?.installations.find((one) => one.app === app);
  if (installation === undefined) throw new Error(`${app} is not installed at ${from}`);
  const password = (await tools.vault.read(`installation/${installation.id}/db-password`)).expose();
  const input = {
    own: { ...own, password, dbHost: 'localhost' },
    other,
    controlUser: new URL(config.databaseUrl.expose()).username,
    schemas: [other.schema, config.instance, 'mysql'],
    paths: [...other.folders, `${folder}/desa`, `${folder}/keys`, config.keyFile, '/var/run/docker.sock', '/run/docker.sock'],
    sockets: [other.socket, '/var/run/docker.sock', '/run/docker.sock'],
  };
  const answer = await tools.containers.exec(own.container, {
    command: { run: ['/usr/bin/php', '-r', PROBE], input: {}, timeoutSeconds: 60 },
    stdin: new Secret(JSON.stringify(input)),
    signal: AbortSignal.timeout(60_000),
    onLine: () => undefined,
  });
  return { reached: namesIn(answer.reached), saw: namesIn(answer.saw) };
}

function namesIn(answer: unknown): readonly string[] {
  if (!Array.isArray(answer)) throw new Error(`the probe said ${JSON.stringify(answer)}`);
  return answer.map(String);
}
