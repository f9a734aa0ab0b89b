import type { FermataModuleOptions } from '@fermata/nestjs';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { bodyBytesMax, createFastify } from './http/fastify.js';
import { forNest } from './logging/logger.js';
import { createOpenApi } from './openapi/openapi.js';
import { ProblemFilter } from './problems/problem.filter.js';
import { ServerModule } from './server.module.js';
import { version } from './version.js';

export interface ServerOptions extends Omit<FermataModuleOptions, 'logger'> {
  readonly logger: Logger;
  /** Modules with workflow classes and what they need. */
  readonly modules?: NonNullable<DynamicModule['imports']>;
}

/**
 * The application, not yet started: `init` or `listen` starts the engine.
 * @throws FermataError `CONFIGURATION_INVALID`
 */
export async function createServer({
  logger,
  modules = [],
  ...options
}: ServerOptions): Promise<NestFastifyApplication> {
  const problems = new ProblemFilter(logger, bodyBytesMax);
  const app = await NestFactory.create<NestFastifyApplication>(
    ServerModule.with({ logger, ...options }, modules),
    createFastify(problems),
    // What fails is reported once, by whoever called.
    { abortOnError: false, bodyParser: false, logger: forNest(logger) },
  );
  app.useGlobalFilters(problems);
  serveOpenApi(app);
  return app;
}

/** Made when it is asked for first: it costs more than the rest of the start. */
function serveOpenApi(app: NestFastifyApplication): void {
  let document: string | undefined;
  app
    .getHttpAdapter()
    .getInstance()
    .get('/openapi.json', (_request, reply) => {
      document ??= JSON.stringify(createOpenApi(app, version));
      return reply.header('content-type', 'application/json; charset=utf-8').send(document);
    });
}
