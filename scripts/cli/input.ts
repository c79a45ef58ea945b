import type { Command } from 'commander';

/** What was typed, by the names in the verb: `kode` for `<kode>` and `[kode...]`, `ya-hapus` for `--ya-hapus <kode>`. */
export interface Input {
  /** A required argument. */
  value(name: string): string;
  optional(name: string): string | null;
  /** A repeated argument or option; empty when it was left out. */
  values(name: string): readonly string[];
  flag(name: string): boolean;
}

export function readInput(command: Command): Input {
  const typed = new Map<string, unknown>();
  command.registeredArguments.forEach((argument, index) => {
    typed.set(argument.name(), command.processedArgs[index]);
  });
  for (const option of command.options) typed.set(option.name(), command.getOptionValue(option.attributeName()));

  const optional = (name: string): string | null => {
    const value = known(typed, name);
    return typeof value === 'string' ? value : null;
  };
  return {
    optional,
    value(name) {
      const value = optional(name);
      if (value === null) throw new Error(`"${name}" is not a required argument`);
      return value;
    },
    values(name) {
      const value = known(typed, name);
      return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
    },
    flag: (name) => known(typed, name) === true,
  };
}

function known(typed: ReadonlyMap<string, unknown>, name: string): unknown {
  if (!typed.has(name)) throw new Error(`the verb does not declare "${name}"`);
  return typed.get(name);
}
