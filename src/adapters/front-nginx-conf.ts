import { CHALLENGE_FOLDER, CHALLENGE_PATH } from './front-challenges.ts';
import { REFUSED } from './front-guard.ts';
import { renderRouteMaps } from './front-nginx-maps.ts';
import { classesOf, portsOf, type RouteClass, type RouteSet } from './front-routes.ts';

export interface NginxFacts {
  readonly host: string;
  readonly port: number;
  /** null: no https here. */
  readonly tlsPort: number | null;
  /** What visitors use; `https` means that something before us ends TLS and passes their address on. */
  readonly scheme: 'http' | 'https';
  /** The port of https as visitors type it, for those who come by http and must not. */
  readonly publicTlsPort: number;
  /** Absolute; holds all that nginx writes, and the pages. */
  readonly folder: string;
  /** Account of the workers; null when we are no root and cannot choose. */
  readonly user: string | null;
}

/**
 * The whole of nginx's configuration. One file, so that one rename changes everything at once. Routes are rows of
 * hash maps: a request costs the same with 5 desa as with 1,000, and a host that is in no map reaches nobody.
 *
 * What becomes of a request is decided by its `$class`: what a body may weigh cannot be a variable, so there is a
 * location for each size that routes ask for. A request is sent to its location before one is looked for; the address it
 * asked for goes on to the app untouched.
 */
export function renderNginxConf(set: RouteSet, facts: NginxFacts, ownPorts = portsOf(set)): string {
  const { folder } = facts;
  return `# Written by Pendopo at every change of routes; version ${set.version}.
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
  log_format pendopo escape=json '{"time":"$time_iso8601","from":"$remote_addr","method":"$request_method","host":"$host","path":"$asked","status":$status,"bytes":$bytes_sent,"seconds":$request_time}';
  access_log "${folder}/access.log" pendopo buffer=32k flush=5s;

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
${renderProto(facts)}
  # For the record only: without what a visitor typed into a form.
  map $request_uri $asked {
    default "";
    "~^(?<asked_path>[^?]*)" $asked_path;
  }
  # The host as nginx understood it, with the port the visitor typed: apps build their links from it.
  map $http_host $typed_port {
    default "";
    "~(?<typed>:[0-9]{1,5})$" $typed;
  }
${renderRouteMaps(set)}${facts.tlsPort === null ? '' : renderStrangers(set, facts)}
  server {
${renderListening(ownPorts, facts)}
    server_name ${set.hosts.map(({ host }) => host).join(' ') || '_'};
${facts.tlsPort === null ? '' : renderTls(folder)}    error_page 404 /.pendopo/not-found.html;
    error_page 413 /.pendopo/too-large.html;
    error_page 502 504 /.pendopo/not-answering.html;
    error_page 503 /.pendopo/maintenance.html;

    client_max_body_size 0;

    # Nobody asks for our own pages by name: their location is for errors only.
    if ($uri !~ "^/\\.(pendopo|well-known/acme-challenge)/") {
      rewrite ^ /.pendopo-$class last;
    }
    # Whoever's name it is, and whether or not its site is open: this is between us and the authority.
    location ^~ ${CHALLENGE_PATH} {
      alias "${folder}/${CHALLENGE_FOLDER}/";
      default_type text/plain;
    }
    location / {
      return 404;
    }
    location = /.pendopo-secure {
      return 308 https://$host${facts.publicTlsPort === 443 ? '' : `:${facts.publicTlsPort}`}$request_uri;
    }
    location = /.pendopo-redirect {
      return 308 $upstream$request_uri;
    }
    location = /.pendopo-maintenance {
      return 503;
    }
    location = /.pendopo-denied {
      return 404;
    }
    location = /.pendopo-refused {
      default_type application/problem+json;
      return 400 '${REFUSED}';
    }
${classesOf(set).map(renderClass).join('')}
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
    return 200 "${set.version}";
  }
}
`;
}

const addressOf = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/** One server for all hosts: a block for each would make every reload slower. The worker opens the files of the name asked for. */
function renderTls(folder: string): string {
  return `    ssl_certificate "${folder}/tls/$certificate.crt";
    ssl_certificate_key "${folder}/tls/$certificate.key";
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_cache shared:pendopo:10m;
    ssl_session_timeout 1d;
    ssl_session_tickets off;
`;
}

/** A name without a certificate of ours gets no handshake; one that sneaks in behind another's gets no answer. */
function renderStrangers({ hosts }: RouteSet, { host, tlsPort }: NginxFacts): string {
  return `
  server_names_hash_max_size 16384;
  server_names_hash_bucket_size 512;
  map $ssl_server_name $certificate {
    default none;
${hosts.map((one) => `    "${one.host}" "${one.certificateId}";\n`).join('')}  }
  server {
    listen ${addressOf(host)}:${tlsPort} ssl http2 default_server;
    server_name _;
    ssl_reject_handshake on;
    return 421;
  }
`;
}

function renderListening(ownPorts: readonly number[], { host, port, tlsPort }: NginxFacts): string {
  const address = addressOf(host);
  return [
    `    listen ${address}:${port} default_server;`,
    ...ownPorts.map((own) => `    listen ${address}:${own} default_server;`),
    ...(tlsPort === null ? [] : [`    listen ${address}:${tlsPort} ssl http2;`]),
  ].join('\n');
}

/** How the visitor came. Behind something that ends TLS, what comes to us counts as https, unless that tells us otherwise. */
function renderProto({ scheme }: NginxFacts): string {
  if (scheme === 'http') return '\n  map $scheme $proto {\n    default $scheme;\n  }\n';
  return `  set_real_ip_from 127.0.0.1;
  set_real_ip_from ::1;
  real_ip_header X-Forwarded-For;

  map "$scheme $realip_remote_addr $http_x_forwarded_proto" $proto {
    default https;
    "http 127.0.0.1 http" http;
    "http ::1 http" http;
  }
`;
}

function renderClass({ name, uploadMb, answerSeconds, isBare }: RouteClass): string {
  return `    location = /.pendopo-${name} {
      internal;
      client_max_body_size ${uploadMb}m;
${isBare ? '      proxy_pass_request_body off;\n      proxy_set_header Content-Length "";\n' : ''}      proxy_pass http://$upstream$request_uri;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host$typed_port;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $proto;
      # What only a proxy may say, and no visitor.
      proxy_set_header X-Forwarded-Host "";
      proxy_set_header X-Forwarded-Port "";
      proxy_set_header X-Real-IP "";
      proxy_set_header Forwarded "";
      proxy_set_header Proxy "";
      add_header Strict-Transport-Security $hsts always;
      proxy_redirect off;
      proxy_connect_timeout 5s;
      proxy_send_timeout ${answerSeconds}s;
      proxy_read_timeout ${answerSeconds}s;
      proxy_buffer_size 16k;
      proxy_buffers 16 16k;
      proxy_busy_buffers_size 32k;
      proxy_max_temp_file_size 256m;
    }
`;
}
