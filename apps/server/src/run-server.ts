import type { FermataModuleOptions } from '@fermata/nestjs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Configuration } from './configuration/configuration.js';
import { createServer } from './create-server.js';
import { createLogger } from './logging/logger.js';

/**
 * Starts the server, and has it stop on SIGTERM and SIGINT: it answers what it has taken, lets running steps end, and
 * exits with 0.
 * @returns where it listens, for example `http://127.0.0.1:4400`
 * @throws FermataError when the store can't be opened or the configuration doesn't fit
 */
export async function runServer(
  { store, readModel, namespace, host, httpPort, logLevel }: Configuration,
  workflows: NonNullable<FermataModuleOptions['workflows']>,
): Promise<string> {
  const logger = createLogger(logLevel);
  const app = await createServer({
    store,
    ...(readModel !== undefined && { readModel }),
    namespace,
    workflows,
    logger,
  });
  app.enableShutdownHooks(['SIGTERM', 'SIGINT'], { useProcessExit: true });
  await listen(app, host, httpPort);
  return app.getUrl();
}

async function listen(app: NestFastifyApplication, host: string, port: number): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    throw error;
  }
}
