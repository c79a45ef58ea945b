import { type Logger, pino } from 'pino';
import type { Log } from '../domain/ports-world.ts';

/** Names under which a secret could slip into a log line. The type Secret redacts itself; this is the second net. */
const SECRET_KEYS = ['password', 'kataSandi', 'token', 'accessToken', 'refreshToken', 'secret', 'authorization', 'cookie', 'passwordHash'];

export interface LogOptions {
  readonly level: string;
  /** Which process writes. */
  readonly name: string;
}

/** One JSON object a line on standard output. Errors are written with their whole chain of causes. */
export function createLog({ level, name }: LogOptions): Log & { readonly pino: Logger } {
  const logger = pino({
    level,
    name,
    redact: { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `req.headers.${key}`]), censor: '[rahasia]' },
    timestamp: pino.stdTimeFunctions.isoTime,
  });
  return {
    pino: logger,
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
  };
}
