import { invariant } from '../errors/invariant.js';
import type { Scope } from './scope.js';

/** Something durable that workflow code may be waiting for. */
export interface Wait {
  readonly scope: Scope;
  readonly promise: Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export function openWait(scope: Scope): Wait {
  let settle: Pick<Wait, 'resolve' | 'reject'> | undefined;
  const promise = new Promise<unknown>((resolve, reject) => (settle = { resolve, reject }));
  invariant(settle !== undefined, 'a promise without its resolvers');
  return { scope, promise, ...settle };
}

const ignore = (): void => undefined;

/**
 * Code may start something and await it later, so a rejection that nobody listens to yet is no fault: only for
 * promises that the code itself derived is it one.
 */
export function rejectWait(wait: Wait, error: unknown): void {
  wait.promise.catch(ignore);
  wait.reject(error);
}

export function rejected(error: unknown): Promise<never> {
  const promise = Promise.reject(error);
  promise.catch(ignore);
  return promise;
}

/** What a call that code awaits comes to, or its refusal: such a call rejects, and never throws. */
export function attempt<T>(make: () => T): T | { readonly refused: Promise<never> } {
  try {
    return make();
  } catch (error) {
    return { refused: rejected(error) };
  }
}

/**
 * What a handler answers with that may not wait.
 * @throws TypeError for a promise, however it ends
 */
export function atOnce<T>(answer: T): T {
  if (!(answer instanceof Promise)) return answer;
  answer.catch(ignore);
  throw new TypeError('it answers with a promise, but must not wait');
}

/** The same for what is made of a run's own promises on the way to the code. */
export function lenient<T>(promise: Promise<T>): Promise<T> {
  promise.catch(ignore);
  return promise;
}
