import type { RouteSet } from './front-routes.ts';

export interface NginxFacts {
  readonly host: string;
  readonly port: number;
  /** What visitors use; `https` means that something before us ends TLS and passes their address on. */
  readonly scheme: 'http' | 'https';
  /** Absolute; holds all that nginx writes, and the pages. */
  readonly folder: string;
  /** Account of the workers; null when we are no root and cannot choose. */
  readonly user: string | null;
}

/** Takes the place of a socket in the maps. */
const MAINTENANCE = 'pemeliharaan';

/**
 * The whole of nginx's configuration. One file, so that one rename changes everything at once. Routes are rows of
 * hash maps: a request costs the same with 5 desa as with 1,000, and a host that is in no map reaches nobody.
 */
export function renderNginxConf({ version, routes }: RouteSet, facts: NginxFacts): string {
  const { folder, host, port, scheme } = facts;
  const depths = [...new Set(routes.map(({ path }) => depthOf(path)))].filter((depth) => depth > 0).sort((a, b) => b - a);
  const forwarded = scheme === 'https' ? '  set_real_ip_from 127.0.0.1;\n  set_real_ip_from ::1;\n  real_ip_header X-Forwarded-For;\n' : '';
  return `# Written by Pendopo at every change of routes; version ${version}.
daemon off;
${facts.user === null ? '' : `user ${facts.user};\n`}worker_processes auto;
worker_rlimit_nofile 16384;
worker_shutdown_timeout 120s;
pid "${folder}/nginx.pid";
error_log stderr warn;

events {
  worker_connections 4096;
}

http {
  types { text/html html; }
  default_type application/octet-stream;
  server_tokens off;
  log_format pendopo escape=json '{"time":"$time_iso8601","from":"$remote_addr","method":"$request_method","host":"$host","path":"$uri","status":$status,"bytes":$bytes_sent,"seconds":$request_time}';
  access_log "${folder}/access.log" pendopo buffer=32k flush=5s;

  client_max_body_size 64m;
  client_body_temp_path "${folder}/tmp/body";
  proxy_temp_path "${folder}/tmp/proxy";
  fastcgi_temp_path "${folder}/tmp/fastcgi";
  scgi_temp_path "${folder}/tmp/scgi";
  uwsgi_temp_path "${folder}/tmp/uwsgi";
  client_header_timeout 15s;
  client_body_timeout 60s;
  send_timeout 60s;
  keepalive_timeout 30s;
  map_hash_max_size 16384;
  map_hash_bucket_size 512;
${forwarded}
  # The host as nginx understood it, with the port the visitor typed: apps build their links from it.
  map $http_host $typed_port {
    default "";
    "~(?<typed>:[0-9]{1,5})$" $typed;
  }
${depths.map((depth) => renderPrefixMap(depth, routes)).join('')}
  map $host $upstream_0 {
    default "";
${renderRows(routes, 0)}  }
${renderChoice(depths)}
  server {
    listen ${host.includes(':') ? `[${host}]` : host}:${port} default_server;
    server_name _;
    error_page 404 /.pendopo/not-found.html;
    error_page 413 /.pendopo/too-large.html;
    error_page 502 504 /.pendopo/not-answering.html;
    error_page 503 /.pendopo/maintenance.html;

    location / {
      if ($upstream = "") {
        return 404;
      }
      if ($upstream = "${MAINTENANCE}") {
        return 503;
      }
      proxy_pass http://$upstream;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host$typed_port;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto ${scheme};
      # What only a proxy may say, and no visitor.
      proxy_set_header X-Forwarded-Host "";
      proxy_set_header X-Forwarded-Port "";
      proxy_set_header X-Real-IP "";
      proxy_set_header Forwarded "";
      proxy_set_header Proxy "";
      proxy_redirect off;
      proxy_connect_timeout 5s;
      proxy_send_timeout 300s;
      proxy_read_timeout 300s;
      proxy_buffer_size 16k;
      proxy_buffers 16 16k;
      proxy_busy_buffers_size 32k;
      proxy_max_temp_file_size 256m;
    }
    location ^~ /.pendopo/ {
      internal;
      alias "${folder}/pages/";
      add_header Cache-Control no-store always;
    }
    location = /.pendopo/maintenance.html {
      internal;
      alias "${folder}/pages/maintenance.html";
      add_header Cache-Control no-store always;
      add_header Retry-After 60 always;
    }
  }

  # For ourselves: which version answers.
  server {
    listen "unix:${folder}/control.sock";
    access_log off;
    default_type text/plain;
    return 200 "${version}";
  }
}
`;
}

function depthOf(path: string): number {
  return path === '/' ? 0 : path.split('/').length - 1;
}

/** `$prefix_2` is the first two parts of the path, `$upstream_2` who serves that prefix of that host. */
function renderPrefixMap(depth: number, routes: RouteSet['routes']): string {
  return `
  map $uri $prefix_${depth} {
    default "";
    "~^(?<part_${depth}>(?:/[^/]+){${depth}})(?:/|$)" $part_${depth};
  }
  map $host$prefix_${depth} $upstream_${depth} {
    default "";
${renderRows(routes, depth)}  }
`;
}

function renderRows(routes: RouteSet['routes'], depth: number): string {
  return routes
    .filter(({ path }) => depthOf(path) === depth)
    .map(({ host, path, socket, state }) => {
      const value = state === 'open' ? `unix:${socket}:` : MAINTENANCE;
      return `    "${host}${depth === 0 ? '' : path}" "${value}";\n`;
    })
    .join('');
}

/** The longest prefix that somebody serves wins. */
function renderChoice(depths: readonly number[]): string {
  const maps: string[] = [];
  let otherwise = '$upstream_0';
  for (const depth of [...depths].reverse()) {
    maps.push(`  map $upstream_${depth} $chosen_${depth} {\n    "" ${otherwise};\n    default $upstream_${depth};\n  }\n`);
    otherwise = `$chosen_${depth}`;
  }
  return `${maps.join('')}  map ${otherwise} $upstream {\n    default ${otherwise};\n  }\n`;
}
