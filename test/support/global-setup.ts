import type { TestProject } from 'vitest/node';
import { type Service, startMariadb, startRedis } from './children.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Administrator's URL of the test run's MariaDB, without a schema. */
    databaseUrl: string;
    redisUrl: string;
  }
}

/** One MariaDB and one Redis for the whole run: those given by TEST_DATABASE_URL and TEST_REDIS_URL, else children of ours. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const { TEST_DATABASE_URL: databaseUrl, TEST_REDIS_URL: redisUrl } = process.env;
  const started: Service[] = [];
  const own = async (service: Promise<Service>): Promise<string> => {
    const running = await service;
    started.push(running);
    return running.url;
  };
  const [database, redis] = await Promise.all([databaseUrl ?? own(startMariadb()), redisUrl ?? own(startRedis())]);
  project.provide('databaseUrl', database);
  project.provide('redisUrl', redis);
  return async () => {
    await Promise.all(started.map((service) => service.stop()));
  };
}
