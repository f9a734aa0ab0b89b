import { setImmediate as nextRound, setTimeout as pause } from 'node:timers/promises';
import type { ChooseStepFunction } from '@fermata/engine';
import type { StepFunction } from '@fermata/kernel';
import type { Lifeline } from '../simulation/lifeline.js';
import { mockedBy, type StepMocks } from '../test-fermata/step-mocks.js';

/** Functions are waited for at most about so long each time; then virtual time goes on while they run. */
const realMsMax = 500;
/** After so many rounds of the event loop a function is taken to wait for something real. */
const roundsBeforePause = 50;

/** The calls of the user's functions by all processes of a simulation. */
export class StepCalls {
  readonly #counts = new Map<string, number>();
  readonly #choose: ChooseStepFunction;
  #underWay = 0;

  constructor(mocks: StepMocks) {
    this.#choose = mockedBy(mocks);
  }

  /** How often the function of each step was called, by name. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  /** Calls as a process makes them that hangs on that lifeline: of what it called last it doesn't hear once it is dead. */
  on(lifeline: Lifeline): ChooseStepFunction {
    return (name, own) => {
      const work = this.#choose(name, own);
      return (step) => lifeline.pass(this.#call(work, step));
    };
  }

  /** Resolves when what can happen without time has happened. */
  async rest(): Promise<void> {
    const end = performance.now() + realMsMax;
    await nextRound();
    for (let round = 1; this.#underWay > 0 && performance.now() < end; round++) {
      await (round % roundsBeforePause === 0 ? pause(1) : nextRound());
    }
  }

  async #call(work: StepFunction<unknown>, step: Parameters<StepFunction<unknown>>[0]): Promise<unknown> {
    this.#counts.set(step.name, (this.#counts.get(step.name) ?? 0) + 1);
    this.#underWay++;
    try {
      return await work(step);
    } finally {
      this.#underWay--;
    }
  }
}
