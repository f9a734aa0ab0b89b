import { exampleWorkflows } from '@fermata/examples';
import { readConfiguration } from './configuration/configuration.js';
import { withoutCredentials } from './configuration/without-credentials.js';
import { runServer } from './run-server.js';

try {
  const configuration = readConfiguration(process.env);
  const address = await runServer(configuration, exampleWorkflows());
  console.log(`Fermata listens on ${address} (HTTP), with its log in ${withoutCredentials(configuration.store)}.`);
} catch (error) {
  console.error(`Fermata can't start: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
