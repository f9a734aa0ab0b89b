import type { LoggerService } from '@nestjs/common';
import { pino, type Logger } from 'pino';

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

const standardError = 2;

/** One JSON line a fact, on standard error: standard output is for what a person or a script reads. */
export function createLogger(level: LogLevel): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(standardError));
}

/** NestJS's own lines: what it tells of its routes and modules is of interest only while debugging. */
export function forNest(logger: Logger): LoggerService {
  return {
    log: (message: unknown, context?: unknown) => logger.debug({ context }, String(message)),
    warn: (message: unknown, context?: unknown) => logger.warn({ context }, String(message)),
    error: (message: unknown, stack?: unknown) => logger.error({ stack }, String(message)),
    fatal: (message: unknown, stack?: unknown) => logger.error({ stack }, String(message)),
  };
}
