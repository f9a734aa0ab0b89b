import type { Logger as EngineLogger } from '@fermata/engine';
import { Logger } from '@nestjs/common';

/** Writes the engine's lines through the application's logger: the message, then the fields as JSON. */
export function nestLogger(
  logger: Pick<Logger, 'debug' | 'log' | 'warn' | 'error'> = new Logger('Fermata'),
): EngineLogger {
  return {
    debug: (fields, message) => logger.debug(lineOf(fields, message)),
    info: (fields, message) => logger.log(lineOf(fields, message)),
    warn: (fields, message) => logger.warn(lineOf(fields, message)),
    error: (fields, message) => logger.error(lineOf(fields, message)),
  };
}

function lineOf(fields: object, message: string): string {
  return `${message} ${JSON.stringify(fields, (_key, value: unknown) => (value instanceof Error ? errorFields(value) : value))}`;
}

function errorFields({ name, message, stack, cause }: Error): object {
  return { name, message, stack, ...(cause !== undefined && { cause }) };
}
