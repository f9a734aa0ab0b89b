import type { FermataError } from '../errors/fermata-error.js';
import type { ExecutionEvent } from './events.js';

/** What a decider says to a command: the facts that follow from it with an answer, or why not. */
export type Verdict<Answer = void> =
  { readonly accepted: readonly ExecutionEvent[]; readonly answer: Answer } | { readonly refused: FermataError };

export function accept(...events: ExecutionEvent[]): Verdict {
  return { accepted: events, answer: undefined };
}

export function acceptWith<Answer>(answer: Answer, ...events: ExecutionEvent[]): Verdict<Answer> {
  return { accepted: events, answer };
}

export function refuse(refused: FermataError): { readonly refused: FermataError } {
  return { refused };
}
