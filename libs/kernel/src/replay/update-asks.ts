import { FermataError } from '../errors/fermata-error.js';
import { withoutFullStop } from '../errors/without-full-stop.js';
import { toFailure } from '../errors/to-failure.js';
import type { UpdateAccepted } from '../execution/events.js';
import { decodePayload } from '../payload/decode.js';
import { encodePayload } from '../payload/encode.js';
import { checkPayloadSize } from '../payload/payload-size.js';
import type { Payload } from '../payload/payload.js';
import type { UpdateHandler } from '../workflow/registered-workflow.js';
import type { HandlerCalls } from './handler-calls.js';
import type { RunCore } from './run-core.js';
import { atOnce } from './wait.js';

/** An update that the code has said to take. */
type TakenUpdate = Pick<UpdateAccepted, 'updateId' | 'name' | 'args'>;

/** The updates that a run takes, and those that it is carrying out. */
export class UpdateAsks {
  readonly #handlers = new Map<string, UpdateHandler>();
  /** Accepted before the code had a handler for them: carried over, or from before a change of the code. */
  #kept: TakenUpdate[] = [];

  constructor(
    private readonly core: RunCore,
    private readonly calls: HandlerCalls,
  ) {}

  handle(name: string, handler: UpdateHandler): void {
    this.#handlers.set(name, handler);
    const mine = this.#kept.filter((update) => update.name === name);
    this.#kept = this.#kept.filter((update) => update.name !== name);
    for (const update of mine) this.#carryOut(handler, update);
  }

  /**
   * Asks the code whether it takes the update; changes nothing.
   * @throws FermataError `UNKNOWN_UPDATE` with the names there are; `UPDATE_REJECTED` with the validator's words
   */
  validate(name: string, args: Payload, enter: <T>(call: () => T) => T): void {
    const handler = this.#handlers.get(name);
    if (!handler) throw unknownUpdate(name, [...this.#handlers.keys()]);
    try {
      enter(() => atOnce<unknown>(handler.validate?.(decodePayload(args))));
    } catch (error) {
      throw rejectedUpdate(name, error);
    }
  }

  accept(update: TakenUpdate): void {
    const handler = this.#handlers.get(update.name);
    if (handler) this.#carryOut(handler, update);
    else this.#kept.push(update);
  }

  /** Those that no handler has begun. */
  unbegun(): readonly TakenUpdate[] {
    return this.#kept.map(({ updateId, name, args }) => ({ updateId, name, args }));
  }

  #carryOut(handler: UpdateHandler, { updateId, name, args }: TakenUpdate): void {
    this.calls.track(name, async () => {
      try {
        const result = encodePayload(
          await this.calls.enter(() => handler.handle(decodePayload(args))),
          'update result',
        );
        checkPayloadSize(result, this.core.host.payloadBytesMax, 'update result');
        this.core.decide({ type: 'UpdateCompleted', version: 1, updateId, result });
      } catch (error) {
        this.core.decide({ type: 'UpdateCompleted', version: 1, updateId, failure: toFailure(error) });
      }
    });
  }
}

function unknownUpdate(name: string, known: readonly string[]): FermataError {
  return new FermataError('UNKNOWN_UPDATE', {
    message: `The workflow takes no update "${name}".`,
    fix: known.length === 0 ? 'It has no update handlers at all.' : `It takes: ${known.join(', ')}.`,
    details: { known },
  });
}

function rejectedUpdate(name: string, error: unknown): FermataError {
  const { type, message } = toFailure(error);
  return new FermataError('UPDATE_REJECTED', {
    message: `Update "${name}" was rejected: ${withoutFullStop(message)}.`,
    fix: 'Correct the update and send it again; nothing has changed.',
    cause: error,
    details: { type, message },
  });
}
