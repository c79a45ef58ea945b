/**
 * Loads drizzle-orm in its CommonJS form. As ES modules its 400 files make Node read the package's huge package.json
 * over and over: 2.5 s of CPU and 200 MB of garbage in every process that touches the records (Node 24.21, drizzle
 * 0.45). Preloaded with `--import`; without it everything works the same, only slower.
 */
import { registerHooks } from 'node:module';

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'drizzle-orm' || specifier.startsWith('drizzle-orm/')
      ? next(specifier, { ...context, conditions: ['node', 'require', 'default'] })
      : next(specifier, context),
});
