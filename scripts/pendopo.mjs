#!/usr/bin/env node
/**
 * The command `pendopo` as npm links it. The bootstrap finds Node 24, runs as root and stands in the project's folder,
 * so that the command works from anywhere.
 */
process.argv.splice(2, 0, 'scripts/pendopo.ts');
await import('./bootstrap.mjs');
