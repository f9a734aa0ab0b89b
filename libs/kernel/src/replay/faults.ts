import { FermataError, isFermataError } from '../errors/fermata-error.js';
import { withoutFullStop } from '../errors/without-full-stop.js';
import { toFailure } from '../errors/to-failure.js';
import { userFrame } from '../errors/user-frame.js';
import type { Cause, Decision } from '../execution/events.js';
import { describeDecision } from './same-decision.js';

/** What the log holds and what the code asked for instead. */
export interface Divergence {
  readonly recorded: Decision | undefined;
  readonly asked: Decision | undefined;
  /** Where in the log, counted from the start of the run. */
  readonly eventIndex: number;
  /** Where in the code, as a stack; known only when the replay captured it. */
  readonly site: string | undefined;
}

export function nondeterminism({ recorded, asked, eventIndex, site }: Divergence): FermataError {
  const held = recorded ? describeDecision(recorded) : 'nothing more';
  const wanted = asked ? describeDecision(asked) : 'nothing more';
  return new FermataError('NONDETERMINISM', {
    message: `The code no longer does what it did: event ${eventIndex} of the run records ${held}, and the code now asks for ${wanted}${site === undefined ? '' : `, ${site}`}.`,
    fix: 'Bring back the former code for runs that are under way; the run is untouched and goes on once its history replays.',
    details: { eventIndex, recorded: held, asked: wanted, ...(site !== undefined && { site }) },
  });
}

/** @param site where in the code the last decision was made; known only when the replay captured it */
export function foreignPromise(last: Decision | undefined, site: string | undefined): FermataError {
  const place = last ? `after ${describeDecision(last)}${placed(site)}` : 'before anything durable';
  return new FermataError('FOREIGN_PROMISE', {
    message: `The workflow waits on a promise that isn't durable, ${place}: nothing recorded would ever wake it.`,
    fix: 'Await only what ctx gives (steps, sleeps, signals) and combinations of it; put other work into ctx.step.',
    details: { last: last ? describeDecision(last) : null, ...(site !== undefined && { site }) },
  });
}

/** @param asked what the code came to, without an event that could have brought it there */
export function decidedOutsideTurn(asked: Decision, last: Decision | undefined): FermataError {
  return contextUsedOutsideTurn(`for ${describeDecision(asked)}`, last);
}

export function contextUsedOutsideTurn(call: string, last: Decision | undefined): FermataError {
  const place = last ? `, last seen after ${describeDecision(last)}` : '';
  const site = userFrame(new Error('called here').stack ?? '');
  return new FermataError('FOREIGN_PROMISE', {
    message: `Workflow code called ${call}${placed(site)} while no event was being applied${place}: a promise that isn't durable woke it.`,
    fix: 'Await only what ctx gives (steps, sleeps, signals) and combinations of it; put other work into ctx.step.',
    details: { call, ...(site !== undefined && { site }) },
  });
}

function placed(site: string | undefined): string {
  return site === undefined ? '' : `, ${site},`;
}

/** An event of the log that this node can't give to the code: written by a newer version, or damaged. */
export function causeNotApplicable(cause: Cause, thrown: unknown): FermataError {
  if (isFermataError(thrown)) return thrown;
  return new FermataError('INVARIANT_VIOLATED', {
    message: `${cause.type} can't be applied: ${withoutFullStop(toFailure(thrown).message)}.`,
    fix: 'This is a defect of Fermata or a damaged history; export the history and report it.',
    cause: thrown,
  });
}

export function stepInStep(outer: string, call: string): FermataError {
  return new FermataError('STEP_IN_STEP', {
    message: `${call} was called inside step "${outer}", whose outcome is recorded as one thing.`,
    fix: 'Return from the step what the call needs, and make the call from the workflow.',
  });
}

export function contextUsedInQuery(call: string): FermataError {
  return new FermataError('QUERY_FAILED', {
    message: `A query handler called ${call}.`,
    fix: 'Query handlers only read state; use a signal to change it.',
  });
}

export function unhandledRejection(thrown: unknown): FermataError {
  const site = thrown instanceof Error ? userFrame(thrown.stack ?? '') : undefined;
  return new FermataError('UNHANDLED_REJECTION', {
    message: `Workflow code left a rejected promise alone: ${toFailure(thrown).message}${site === undefined ? '' : `, thrown ${site}`}.`,
    fix: 'Await each promise that the code makes, or catch what it rejects with.',
    cause: thrown,
    ...(site !== undefined && { details: { site } }),
  });
}
