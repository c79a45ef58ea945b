/** Work on a desa's slice as steps and the reconciler do it, and a way to die in the middle of it. */
import type { Toolbox } from '../../src/domain/ports.ts';
import { detachSlice, dropSlice, healSlice, verifySlice } from '../../src/workflows/registration.ts';
import type { SliceTools } from '../../src/workflows/slices.ts';

type Act = (tools: SliceTools, id: string, signal: AbortSignal) => Promise<unknown>;

/** What each asks for first is what its step or whoever notices does before. */
export const ACTS = {
  register: async (tools, id, signal) => {
    await tools.registrations.save(id, { state: 'registering' });
    await healSlice(tools, id, signal);
  },
  detach: detachSlice,
  'attach again': async (tools, id, signal) => {
    await tools.registrations.save(id, { state: 'registering' });
    await healSlice(tools, id, signal);
  },
  verify: verifySlice,
  repair: async (tools, id, signal) => {
    await tools.registrations.save(id, { state: 'stale' });
    await healSlice(tools, id, signal);
  },
  unregister: dropSlice,
} satisfies Readonly<Record<string, Act>>;
export type ActName = keyof typeof ACTS;

export function isActName(name: string): name is ActName {
  return name in ACTS;
}

export type Moment = 'before' | 'during' | 'after';
const DURING_MS = 8;

/** The same tools, which count what is asked of the world and call `die` at one of those calls. */
export function dyingTools(tools: SliceTools, at: { readonly call: number; readonly moment: Moment }, die: () => void) {
  let calls = 0;
  const counted = <T extends object>(port: T): T =>
    new Proxy(port, {
      get(target, key, receiver) {
        const value: unknown = Reflect.get(target, key, receiver);
        if (typeof value === 'object' && value !== null) return counted(value);
        if (typeof value !== 'function') return value;
        return async (...args: readonly unknown[]) => {
          calls += 1;
          const isIt = calls === at.call;
          if (isIt && at.moment === 'before') die();
          if (isIt && at.moment === 'during') setTimeout(die, DURING_MS);
          const result: unknown = await Reflect.apply(value, target, args);
          if (isIt) die();
          return result;
        };
      },
    });
  // Names of schemas are no question to the world.
  const combined: Toolbox['combined'] = { ...counted(tools.combined), schemaOf: tools.combined.schemaOf };
  return { tools: { ...tools, combined, registrations: counted(tools.registrations) }, calls: () => calls };
}
