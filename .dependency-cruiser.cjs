/** The floors of the house. Every rule says why it is there; test/architecture.test.ts proves that they bite. */
const npmOnlyIn = (name, file, why) => ({
  name,
  severity: 'error',
  comment: why,
  from: { path: '^(src|workers)/', pathNot: file },
  to: { path: `^node_modules/${name.replace('only-', '').replace(/-adapter$/, '')}/` },
});

module.exports = {
  forbidden: [
    { name: 'domain-is-pure', severity: 'error', comment: 'The domain decides; it knows nothing else exists, so that its tests need nothing.', from: { path: '^src/domain/' }, to: { pathNot: '^src/domain/' } },
    { name: 'workflows-see-ports-only', severity: 'error', comment: 'Workflows decide the order and see the world only through domain/ports.', from: { path: '^src/workflows/' }, to: { pathNot: '^src/(domain|workflows)/' } },
    { name: 'adapters-look-down', severity: 'error', comment: 'An adapter does one thing for the domain; it does not know who asks.', from: { path: '^src/adapters/' }, to: { path: '^(src/(workflows|api|ui|main\\.ts|wiring\\.ts)|workers|scripts)' } },
    { name: 'api-asks-workflows', severity: 'error', comment: 'The API asks commands and reads ports; adapters reach it by wiring only.', from: { path: '^src/api/' }, to: { path: '^(src/(adapters|ui|main\\.ts|wiring\\.ts)|workers|scripts)' } },
    { name: 'ui-asks-workflows', severity: 'error', comment: 'As for the API.', from: { path: '^src/ui/' }, to: { path: '^(src/(adapters|api|main\\.ts|wiring\\.ts)|workers|scripts)' } },
    { name: 'nothing-below-imports-wiring', severity: 'error', comment: 'Only entry points assemble the house.', from: { path: '^src/', pathNot: '^src/main\\.ts$' }, to: { path: '^src/(wiring|main)\\.ts$' } },
    { name: 'src-does-not-import-processes', severity: 'error', comment: 'workers and scripts are processes around src, never part of it.', from: { path: '^src/' }, to: { path: '^(workers|scripts|test)/' } },
    { name: 'no-cycles', severity: 'error', comment: 'A cycle is two files that are really one.', from: {}, to: { circular: true } },
    npmOnlyIn('only-dockerode', '^src/adapters/docker', 'One door to Docker.'),
    npmOnlyIn('only-simple-git', '^src/adapters/git\\.ts$', 'One door to git.'),
    npmOnlyIn('only-bullmq', '^src/adapters/queue\\.ts$', 'One door to the queue.'),
    npmOnlyIn('only-ioredis', '^src/adapters/(queue|redis)\\.ts$', 'One door to Redis.'),
    npmOnlyIn('only-mysql2', '^src/adapters/(db/|mariadb)', 'Records through drizzle; desa databases through mariadb.ts.'),
    npmOnlyIn('only-drizzle-orm', '^src/adapters/db/', 'SQL lives in the repositories.'),
    npmOnlyIn('only-acme-client', '^src/adapters/acme(-http)?\\.ts$', 'One door to certificate authorities.'),
    npmOnlyIn('only-pino', '^src/adapters/log\\.ts$', 'One logger, redaction in one place.'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'], extensions: ['.ts', '.js', '.mjs'] },
  },
};
