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
