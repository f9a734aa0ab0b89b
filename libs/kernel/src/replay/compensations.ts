import type { Failure } from '../errors/failure.js';
import { toFailure } from '../errors/to-failure.js';
import type { StepId } from '../execution/events.js';
import { decodePayload } from '../payload/decode.js';
import type { Payload } from '../payload/payload.js';
import type { StepContext } from '../workflow/context.js';

/** How to undo one step that has succeeded. */
export interface Compensation {
  readonly stepId: StepId;
  readonly name: string;
  readonly result: Payload;
  readonly undo: (result: unknown, step: StepContext) => unknown;
}

export interface Unwound {
  /** Names of the steps that were undone, in the order in which they were. */
  readonly compensated: readonly string[];
  readonly notCompensated: readonly { readonly step: string; readonly failure: Failure }[];
}

/**
 * Undoes newest first, one after the other; one that fails doesn't stop the others.
 * Source: H. Garcia-Molina, K. Salem, "Sagas", SIGMOD 1987.
 * @param runStep runs a compensation as a step of its own
 */
export async function unwind(
  compensations: readonly Compensation[],
  runStep: (compensation: Compensation, work: (step: StepContext) => unknown) => Promise<unknown>,
): Promise<Unwound> {
  const compensated: string[] = [];
  const notCompensated: { step: string; failure: Failure }[] = [];
  for (const compensation of [...compensations].reverse()) {
    try {
      await runStep(compensation, (step) => compensation.undo(decodePayload(compensation.result), step));
      compensated.push(compensation.name);
    } catch (error) {
      notCompensated.push({ step: compensation.name, failure: toFailure(error) });
    }
  }
  return { compensated, notCompensated };
}

/** The failure with what was undone beside its own details. */
export function withUnwound(failure: Failure, unwound: Unwound): Failure {
  return { ...failure, details: { ...ownDetails(failure.details), ...toPayload(unwound) } };
}

function ownDetails(details: Payload | undefined): { readonly [key: string]: Payload } {
  if (details === undefined) return {};
  const isRecord = typeof details === 'object' && details !== null && !Array.isArray(details);
  return isRecord ? (details as { readonly [key: string]: Payload }) : { details };
}

function toPayload({ compensated, notCompensated }: Unwound): { readonly [key: string]: Payload } {
  return {
    compensated: [...compensated],
    ...(notCompensated.length > 0 && {
      notCompensated: notCompensated.map(({ step, failure }) => ({
        step,
        type: failure.type,
        message: failure.message,
      })),
    }),
  };
}
