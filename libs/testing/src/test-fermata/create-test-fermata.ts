import { UpdateWorkflow, type Clock, type Command, type Dispatch, type Engine } from '@fermata/engine';
import { toMillis, type Duration } from '@fermata/kernel';
import { createFermata, FermataClient, type ClientEngine, type FermataOptions } from '@fermata/sdk';
import { openInMemoryEventStore } from '../in-memory-event-store.js';
import { VirtualClock } from '../virtual-clock.js';
import { PassingTime } from './passing-time.js';
import { stalledError } from './stalled-error.js';
import { mockedBy, type StepMocks } from './step-mocks.js';

export interface TestFermataOptions extends Omit<
  FermataOptions,
  'store' | 'readModel' | 'clock' | 'dispatch' | 'stepFunction'
> {
  /** The virtual time at the beginning. Default: the first moment of 2026, UTC. */
  readonly start?: Date;
  /** What runs in place of steps' own functions. Default: nothing, all steps run their own. */
  readonly steps?: StepMocks;
}

/** An engine for tests, all in memory, whose time passes only while a test waits. */
export interface TestFermata extends AsyncDisposable {
  /** Time passes while a result or an update's answer is awaited, and stands still otherwise. */
  readonly client: FermataClient;
  readonly engine: Engine;
  /** The virtual time. */
  now(): Date;
  /** Lets so much time pass; resolves when all that became due by then has happened. */
  skip(duration: Duration): Promise<void>;
  /** Lets time pass until nothing happens any more by itself. Never resolves where a workflow sleeps in an endless loop. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts an engine of its own for a test, with a clock of its own: several may run at the same time.
 * @throws FermataError `CONFIGURATION_INVALID`
 */
export async function createTestFermata({ start, steps, ...options }: TestFermataOptions = {}): Promise<TestFermata> {
  const clock = new VirtualClock(start?.getTime());
  const fermata = await createFermata({
    ...options,
    limits: { runIdleMs, ...options.limits },
    store: openInMemoryEventStore(),
    clock: selfRinging(clock),
    ...(steps && { stepFunction: mockedBy(steps) }),
  });
  const { engine } = fermata;
  const close = (): Promise<void> => fermata.close();
  const time = new PassingTime(clock, engine);
  return {
    engine,
    client: new FermataClient(letTimePass(engine, clock, time), fermata.client.namespace),
    now: () => new Date(clock.now()),
    skip: (duration) => time.skip(toMillis(duration, 'duration')),
    idle: () => time.idle(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Runs stay in memory through any wait: to bring one back costs a replay, which a year of days would pay 365 times. */
const runIdleMs = toMillis('365000 days', 'runIdleMs');

/** What is due without any delay happens even when nobody lets time pass. */
function selfRinging(clock: VirtualClock): Clock {
  return {
    now: clock.now,
    after(delay, ring) {
      if (delay <= 0) setImmediate(() => clock.advanceTo(clock.now()));
      return clock.after(delay, ring);
    },
  };
}

/** The engine as its client sees it: time passes while the client waits for what takes time. */
function letTimePass(engine: Engine, clock: VirtualClock, time: PassingTime): ClientEngine {
  const dispatch = (command: Command): Promise<unknown> => {
    const answer = (engine.dispatch as (command: Command) => Promise<unknown>)(command);
    if (!(command instanceof UpdateWorkflow)) return answer;
    return time.during(answer, { stalled: () => stalledError(engine, command.target, command.options.runId) });
  };
  return {
    // Each command is answered as the engine's own dispatch answers it.
    dispatch: dispatch as Dispatch,
    views: engine.views,
    query: (target, name, args) => engine.query(target, name, args),
    results: {
      wait: (target, options) =>
        time.during(engine.results.wait(target, options), {
          ...(options?.waitMs !== undefined && { until: clock.now() + options.waitMs }),
          stalled: () => stalledError(engine, target, options?.runId),
        }),
    },
  };
}
