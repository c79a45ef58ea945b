import type { Route } from '../domain/ports-records.ts';
import { guardMark, guardsOf, renderGuards } from './front-nginx-guards.ts';
import { classOf, portsOf, type RouteSet } from './front-routes.ts';

/**
 * Who serves a request, as hash maps. `$site` is the host asked for (or the port, where that is a desa's own), `$route`
 * the row of the longest prefix that somebody serves: `<class><mark><guard> <upstream>`, where the mark is `!` for https only
 * and `+` for https that browsers remember, and the guard `@g0` for the first one of front-guard.ts.
 */
export function renderRouteMaps(set: RouteSet): string {
  const depths = [...new Set(set.routes.map(({ path }) => depthOf(path)))].filter((depth) => depth > 0).sort((a, b) => b - a);
  return `
  map $server_port $site {
    default $host;
${portsOf(set)
  .map((port) => `    ${port} ":${port}";\n`)
  .join('')}  }
${depths.map((depth) => renderPrefixMap(depth, set.routes)).join('')}
  map $site $route_0 {
    default "";
${renderRows(set.routes, 0)}  }
${renderChoice(depths)}
  map $route $upstream {
    default "";
    "~^[^ ]+ (?<served_by>.*)$" $served_by;
  }
  map "$proto $route" $opening {
    default none;
    "~^http [a-z0-9]+[!+][@g0-9]* " secure;
    "~^https? (?<route_class>[a-z0-9]+)[!+]?[@g0-9]* " $route_class;
  }
  map "$proto $route" $hsts {
    default "";
    "~^https [a-z0-9]+[+][@g0-9]* " "max-age=31536000";
  }
${renderGuards(guardsOf(set.routes))}`;
}

function depthOf(path: string): number {
  return path === '/' ? 0 : path.split('/').length - 1;
}

/** `$prefix_2` is the first two parts of the path, `$route_2` what becomes of that prefix of that host. */
function renderPrefixMap(depth: number, routes: RouteSet['routes']): string {
  return `
  map $uri $prefix_${depth} {
    default "";
    "~^(?<part_${depth}>(?:/[^/]+){${depth}})(?:/|$)" $part_${depth};
  }
  map $site$prefix_${depth} $route_${depth} {
    default "";
${renderRows(routes, depth)}  }
`;
}

const MARKS: Readonly<Record<Route['security'], string>> = { any: '', https: '!', hsts: '+' };

function renderRows(routes: RouteSet['routes'], depth: number): string {
  const guards = guardsOf(routes);
  return routes
    .filter(({ path }) => depthOf(path) === depth)
    .map((route) => {
      const { host, path, kind, socket, target, security, guard } = route;
      const upstream = kind === 'redirect' ? target : `unix:${socket}:`;
      return `    "${host}${depth === 0 ? '' : path}" "${classOf(route).name}${MARKS[security]}${guardMark(guards, guard)} ${upstream}";\n`;
    })
    .join('');
}

/** The longest prefix that somebody serves wins. */
function renderChoice(depths: readonly number[]): string {
  const maps: string[] = [];
  let otherwise = '$route_0';
  for (const depth of [...depths].reverse()) {
    maps.push(`  map $route_${depth} $chosen_${depth} {\n    "" ${otherwise};\n    default $route_${depth};\n  }\n`);
    otherwise = `$chosen_${depth}`;
  }
  return `${maps.join('')}  map ${otherwise} $route {\n    default ${otherwise};\n  }\n`;
}
