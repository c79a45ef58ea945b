/** Reads the operator's settings from `.env`, where they are not in the environment already. */
import { existsSync, readFileSync } from 'node:fs';

/** Understands what docker compose does of it: NAME=value, quotes, and comments. */
export function readSettingsFile(file, env) {
  if (!existsSync(file)) return;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [, name, rest] = /^\s*(?:export\s+)?([A-Z][A-Z0-9_]*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined || env[name] !== undefined) continue;
    const quoted = /^(["'])(.*)\1(?:\s+#.*)?$/.exec(rest);
    env[name] = quoted === null ? rest.replace(/(^|\s+)#.*$/, '') : quoted[2];
  }
}
