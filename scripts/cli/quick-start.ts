import { enableCompileCache, registerHooks } from 'node:module';

/**
 * Makes what is imported from now on load faster: a command that ends at once should also begin at once.
 *
 * For each ES module Node looks into its package's package.json, and drizzle-orm's has 179 kB: over its hundred modules
 * that takes 2 of the 4 seconds of processor time of a whole command. Files named .cjs need no such look.
 */
export function startQuickly(cacheFolder: string): void {
  enableCompileCache(cacheFolder);
  registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context);
      if (specifier !== 'drizzle-orm' && !specifier.startsWith('drizzle-orm/')) return found;
      return { ...found, url: found.url.replace(/\.js$/, '.cjs'), format: 'commonjs' };
    },
  });
}
