/** `pendopo …`: Pendopo from the command line, for the people who run its server. */
import { fileURLToPath } from 'node:url';
import { obey } from './cli/command-line.ts';
import { createOutput } from './cli/output.ts';
import { startQuickly } from './cli/quick-start.ts';

// Relative folders in the settings mean what they mean to Pendopo's processes, which run here.
process.chdir(fileURLToPath(new URL('..', import.meta.url)));
startQuickly('node_modules/.cache/pendopo');
// A reader that has seen enough (`| head`) is no fault.
process.stdout.on('error', (error) => process.exit('code' in error && error.code === 'EPIPE' ? 0 : 1));

const args = process.argv.slice(2);
// Asked before anything is parsed, because a wrong command line must be told as JSON too.
const code = await obey(args, createOutput(args.includes('--json')));
// Connections that are still being tried again must not keep a finished command alive.
process.exit(code);
