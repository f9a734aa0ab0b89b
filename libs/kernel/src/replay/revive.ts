import type { Schema } from '../workflow/schema.js';
import type { RunHost } from './run-host.js';

/** What workflow code gets of a recorded value: an instance where its schema is a class, else the value. */
export function revive({ schemaOf }: Pick<RunHost, 'schemaOf'>, schema: Schema<unknown>, recorded: unknown): unknown {
  const readable = schemaOf(schema);
  return readable?.revive ? readable.revive(recorded) : recorded;
}
