import type { FrontManifest } from '../domain/manifest.ts';
import type { Route } from '../domain/ports-records.ts';
import { CROOKED, patternsOf } from './front-guard.ts';

/** Every guard that some route has, once. Its place in the list is its name: `g0`. */
export function guardsOf(routes: readonly Route[]): readonly FrontManifest[] {
  const guards = routes.flatMap(({ guard }) => guard ?? []);
  return [...new Map(guards.map((guard) => [JSON.stringify(guard), guard])).values()];
}

/** What a row says of its guard. */
export function guardMark(guards: readonly FrontManifest[], guard: Route['guard']): string {
  if (guard == null) return '';
  const told = JSON.stringify(guard);
  return `@g${guards.findIndex((one) => JSON.stringify(one) === told)}`;
}

/**
 * `$class` out of `$opening`: what would become of a request that no guard looks at, and what its guard says. Maps are asked
 * only where they are needed, so a request of a desa costs one look more.
 */
export function renderGuards(guards: readonly FrontManifest[]): string {
  return `
  map $request_uri $form {
    default straight;
    "~*${CROOKED}" crooked;
  }
${guards.map(renderGuard).join('')}
  map $route $verdict {
    default pass;
${guards.map((_guard, index) => `    "~^[^ ]+@g${index} " $verdict_${index};\n`).join('')}  }
  map "$verdict $opening" $class {
    default $opening;
    "~ (none|secure|redirect|maintenance)$" $opening;
    "~^denied " denied;
    "~^refused " refused;
    "~^bare (?<bare_class>.+)$" "\${bare_class}b";
  }
`;
}

function renderGuard(guard: FrontManifest, index: number): string {
  const { denied, readOnly, query } = patternsOf(guard);
  const row = (pattern: string | null, mark: string, word: string): string =>
    pattern === null ? '' : `    "${mark}${pattern}" ${word};\n`;
  return `
  map $uri $place_${index} {
    default open;
${row(denied, '~*', 'denied')}${row(readOnly, '~*', 'bare')}  }
  map $args $query_${index} {
    default ${query === null ? 'plain' : 'odd'};
    "" plain;
${row(query, '~', 'plain')}  }
  map "$form $place_${index} $query_${index} $request_method" $verdict_${index} {
    default refused;
    "~^[a-z]+ denied " denied;
    "~^straight open plain " pass;
    "~^straight bare plain (GET|HEAD)$" bare;
  }
`;
}
