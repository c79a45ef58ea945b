import { showFailure } from './failure.ts';
import type { Output } from './output.ts';
import { perform } from './perform.ts';
import { buildProgram } from './program.ts';
import type { ExitCode } from './verb.ts';

/** Understands a command line, does what it says, and tells what went wrong. */
export async function obey(args: readonly string[], output: Output): Promise<ExitCode> {
  let code: ExitCode = 0;
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
