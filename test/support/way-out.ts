import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { execIn } from './container.ts';
import type { Instance } from './instance.ts';

export interface WayOut {
  /** Of the container on its own network. */
  readonly address: string;
  /** Of this machine there. */
  readonly gateway: string;
}

/** @throws Error for a container without a network */
export async function wayOut(pendopo: Instance, container: string): Promise<WayOut> {
  const script = `
    preg_match('/^eth0\\t00000000\\t([0-9A-F]{8})/m', file_get_contents('/proc/net/route'), $route);
    $gateway = long2ip(unpack('V', hex2bin($route[1]))[1]);
    $socket = stream_socket_client("udp://$gateway:9");
    echo json_encode(['ok' => true, 'gateway' => $gateway, 'address' => explode(':', stream_socket_get_name($socket, false))[0]]);`;
  const { address, gateway } = await execIn(pendopo, container, ['/usr/bin/php', '-r', script]);
  if (typeof address === 'string' && typeof gateway === 'string') return { address, gateway };
  throw new Error(`${container} has no network`);
}

/** One letter by SMTP, and a knock at each door that must stay closed. Everything the container reaches is on this machine. */
const SCRIPT = `
  $input = json_decode(stream_get_contents(STDIN), true);
  $mail = stream_socket_client("tcp://{$input['gateway']}:{$input['port']}", $code, $why, 5);
  fgets($mail);
  $lines = ['EHLO desa', 'MAIL FROM:<desa@contoh.id>', 'RCPT TO:<warga@contoh.id>', 'DATA', "Subject: Surat desa\\r\\n\\r\\nIsi.\\r\\n.", 'QUIT'];
  foreach ($lines as $line) { fwrite($mail, "$line\\r\\n"); do { $answer = (string) fgets($mail); } while (($answer[3] ?? '') === '-'); }
  $opened = []; $silent = [];
  foreach ($input['closed'] as [$host, $port]) {
    if (@stream_socket_client("tcp://$host:$port", $code, $why, 1)) $opened[] = "$host:$port";
    elseif ($code !== 111) $silent[] = "$host:$port";
  }
  echo PHP_EOL, json_encode(['ok' => true, 'opened' => $opened, 'silent' => $silent]);`;

export async function mailFrom(
  pendopo: Instance,
  container: string,
  { gateway, closed }: { readonly gateway: string; readonly closed: readonly (readonly [host: string, port: number])[] },
) {
  const letters: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, _session, done) => {
      text(stream).then((letter) => {
        letters.push(letter);
        done();
      }, done);
    },
  });
  await new Promise<void>((resolve) => server.listen(0, gateway, () => resolve()));
  try {
    const input = { gateway, port: portOf(server.server.address()), closed };
    const { opened, silent } = await execIn(pendopo, container, ['/usr/bin/php', '-r', SCRIPT], input);
    return { received: letters.join('\n'), opened, silent };
  } finally {
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
