import { FermataError } from '../errors/fermata-error.js';
import { withoutFullStop } from '../errors/without-full-stop.js';
import { toFailure } from '../errors/to-failure.js';
import { encodePayload } from '../payload/encode.js';
import type { Payload } from '../payload/payload.js';
import type { QueryHandler } from '../workflow/registered-workflow.js';
import { atOnce } from './wait.js';

/** The queries that a run answers. */
export class Queries {
  readonly #handlers = new Map<string, QueryHandler>();

  handle(name: string, handler: QueryHandler): void {
    this.#handlers.set(name, handler);
  }

  /**
   * @param enter calls the handler as the run's own code
   * @throws FermataError `UNKNOWN_QUERY` with the names there are; `QUERY_FAILED` when the handler threw
   */
  answer(name: string, args: unknown, enter: <T>(call: () => T) => T): Payload {
    const handler = this.#handlers.get(name);
    if (!handler) throw unknownQuery(name, [...this.#handlers.keys()]);
    try {
      return encodePayload(
        enter(() => atOnce(handler(args))),
        'query result',
      );
    } catch (error) {
      throw queryFailed(name, error);
    }
  }
}

function unknownQuery(name: string, known: readonly string[]): FermataError {
  return new FermataError('UNKNOWN_QUERY', {
    message: `The workflow answers no query "${name}".`,
    fix: known.length === 0 ? 'It has no query handlers at all.' : `It answers: ${known.join(', ')}.`,
    details: { known },
  });
}

function queryFailed(name: string, error: unknown): FermataError {
  return new FermataError('QUERY_FAILED', {
    message: `Query "${name}" failed: ${withoutFullStop(toFailure(error).message)}.`,
    fix: 'Mend the query handler; the run itself is untouched.',
    cause: error,
  });
}
