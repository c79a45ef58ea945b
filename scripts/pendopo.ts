/** `pendopo …`: Pendopo from the command line, for the people who run its server. */
import { fileURLToPath } from 'node:url';
import { showFailure } from './cli/failure.ts';
import { createOutput } from './cli/output.ts';
import { perform } from './cli/perform.ts';
import { buildProgram } from './cli/program.ts';
import { startQuickly } from './cli/quick-start.ts';

async function main(args: readonly string[]): Promise<number> {
  // Relative folders in the settings mean what they mean to Pendopo's processes, which run here.
  process.chdir(fileURLToPath(new URL('..', import.meta.url)));
  startQuickly('node_modules/.cache/pendopo');
  // A reader that has seen enough (`| head`) is no fault.
  process.stdout.on('error', (error) => process.exit('code' in error && error.code === 'EPIPE' ? 0 : 1));
  // Before anything is parsed, because a wrong command line must be told as JSON too.
  const output = createOutput(args.includes('--json'));
  let code = 0;
  const program = buildProgram(async (verb, input) => {
    code = await perform(verb, input, output);
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    return showFailure(error, output);
  }
}

const code = await main(process.argv.slice(2));
// Connections that are still being tried again must not keep a finished command alive.
process.exit(code);
