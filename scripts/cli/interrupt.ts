import type { Output } from './output.ts';
import type { ExitCode } from './verb.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Whoever stops looking on stops nothing else; they are told so. */
export async function whileFollowing(output: Output, whatGoesOn: string, work: () => Promise<ExitCode>): Promise<ExitCode> {
  const leave = (): never => {
    output.note(whatGoesOn);
    process.exit(130);
  };
  for (const signal of SIGNALS) process.on(signal, leave);
  try {
    return await work();
  } finally {
    for (const signal of SIGNALS) process.off(signal, leave);
  }
}
