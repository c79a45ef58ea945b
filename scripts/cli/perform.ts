import type { Input } from './input.ts';
import type { Output } from './output.ts';
import { openSession, readPlace } from './session.ts';
import type { ExitCode, Verb } from './verb.ts';

/** Opens what the verb needs, does it, and closes again. */
export async function perform(verb: Verb, input: Input, output: Output): Promise<ExitCode> {
  const place = readPlace(process.env, output);
  if (verb.standalone === true) return verb.run(place, input);
  const session = await openSession(place, process.env);
  try {
    return await verb.run(session, input);
  } finally {
    await session.close();
  }
}
