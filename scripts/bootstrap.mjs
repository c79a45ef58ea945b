#!/usr/bin/env node
/**
 * `node scripts/bootstrap.mjs <script.ts> [args]`: prepares the machine, then runs the script under Node 24.
 * Plain JavaScript without dependencies, because it must run under Debian's Node 18 before anything is installed.
 * A second run finds everything in place and adds a few hundredths of a second.
 */
import { basename, dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages } from './bootstrap/apt.mjs';
import { helpFor } from './bootstrap/help.mjs';
import { missingNeeds, needsOf } from './bootstrap/needs.mjs';
import { chooseNode, ensureModules, mayWriteModules } from './bootstrap/node.mjs';
import { becomeRoot, isRoot } from './bootstrap/root.mjs';
import { runScript } from './bootstrap/run.mjs';
import { Stop, say } from './bootstrap/say.mjs';
import { readSettingsFile } from './bootstrap/settings-file.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');

async function main() {
  const [script, ...args] = process.argv.slice(2);
  if (script === undefined) throw new Stop('Pemakaian: node scripts/bootstrap.mjs <skrip.ts> [argumen]');
  const help = helpFor(basename(script), args);
  if (help !== null) {
    (help.code === 0 ? process.stdout : process.stderr).write(`${help.text}\n`);
    return help.code;
  }
  if (process.platform !== 'linux') {
    throw new Stop('Pendopo berjalan di Linux (Debian 12/13 atau Ubuntu). Di komputer lain, pakailah mesin virtual Debian.');
  }
  if (Number(process.versions.node.split('.')[0]) < 18)
    throw new Stop(`Node ${process.versions.node} terlalu lama: perlu Node 18 ke atas.`);

  const needs = needsOf(basename(script));
  if (needs.settings) readSettingsFile(resolve(ROOT, '.env'), process.env);
  // As the person who started us, so that node_modules does not end up belonging to root in their folder.
  if (isRoot() || mayWriteModules(ROOT)) ensureModules(ROOT, needs.development);
  const missing = await missingNeeds(needs, process.env);
  if (!isRoot() && (needs.root || missing.length > 0)) return becomeRoot(fileURLToPath(import.meta.url), [script, ...args]);
  if (missing.length > 0) await installPackages(missing);
  return runScript(chooseNode(ROOT), ROOT, script, args);
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    say(error instanceof Stop ? `\n${error.message}` : (error?.stack ?? String(error)));
    process.exitCode = 1;
  },
);
