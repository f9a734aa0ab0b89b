import type { ExecutionState, FermataError, Verdict } from '@fermata/kernel';
import type { Position } from '../event-store/event-store.js';
import type { Committed } from './committed.js';
import type { ExecutionMemory } from './execution-memory.js';

/** Most commands need the state alone; some ask the run's code. */
export type Decide<Answer> = (state: ExecutionState, memory: ExecutionMemory) => Verdict<Answer>;

/** A command waiting for its turn in an execution's inbox, and whoever waits for the command. */
export class Input<Answer = unknown> {
  readonly committed: Promise<Committed<Answer>>;
  #settle: { resolve(committed: Committed<Answer>): void; reject(error: unknown): void } | undefined;
  #answer: { readonly given: Answer } | { readonly refused: FermataError } | undefined;

  constructor(
    private readonly decideOn: Decide<Answer>,
    readonly options: InputOptions,
  ) {
    this.committed = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
  }

  /** Decides and remembers the answer; nothing is told before `settle`. */
  decide(memory: ExecutionMemory): Verdict<Answer> {
    const verdict = this.decideOn(memory.state, memory);
    this.#answer = 'refused' in verdict ? verdict : { given: verdict.answer };
    return verdict;
  }

  /** What was decided would change what this node must leave alone. */
  refuse(refused: FermataError): void {
    this.#answer = { refused };
  }

  settle(position: Position): void {
    if (!this.#answer) return;
    if ('refused' in this.#answer) this.#settle?.reject(this.#answer.refused);
    else this.#settle?.resolve({ answer: this.#answer.given, position });
  }

  fail(error: unknown): void {
    this.#settle?.reject(error);
  }
}

export interface InputOptions {
  /** A caller outside waits for it, and must be told when the store doesn't answer in time. */
  readonly isFromOutside: boolean;
  /** Most likely there is no such execution yet: try without reading first. */
  readonly isOpening: boolean;
}
