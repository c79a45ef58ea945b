import type { CommandResult } from '../../src/domain/ports-containers.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Instance } from './instance.ts';

/** Runs a program in an installation's container and gives its last JSON line. */
export function execIn(pendopo: Instance, container: string, run: readonly string[], input: object = {}): Promise<CommandResult> {
  return pendopo.wired.tools.containers.exec(container, {
    command: { run, input: {}, timeoutSeconds: 60 },
    stdin: new Secret(JSON.stringify(input)),
    signal: AbortSignal.timeout(60_000),
    onLine: () => undefined,
  });
}

/** Puts the PHP of a container to sleep, as `serve` does after minutes: the signal makes it look now. Whether it sleeps. */
export async function putToSleep(pendopo: Instance, container: string): Promise<boolean> {
  const script = `for ($i = 0; $i < 150; $i++) { posix_kill(1, 10); usleep(100000);
    $php = preg_grep('/php-fpm/', array_map(fn ($file) => (string) @file_get_contents($file), glob('/proc/[0-9]*/comm')));
    if ($php === []) break; }
    echo json_encode(['ok' => true, 'asleep' => $php === []]);`;
  return (await execIn(pendopo, container, ['/usr/bin/php', '-r', script])).asleep === true;
}
