import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { invariant } from '../errors/invariant.js';
import { toFailure } from '../errors/to-failure.js';
import { isCause, isDecision, type Cause } from '../execution/events.js';
import { fold } from '../execution/evolve.js';
import { interpret, programs, signalNames, type Program } from './random-program.contract.js';
import { Rehearsal, withoutStacks } from './rehearsal.contract.js';

/** A source of choices: each a whole number below the given one. */
type Choose = (below: number) => number;

const batchesMax = 40;
const roundsMax = 500;

/** Whatever could happen to the run next, in an order that the seed shuffles. */
function possibleCauses(run: Rehearsal, choose: Choose): Cause[] {
  const causes: Cause[] = [];
  for (const [stepId, { attempt }] of run.pending.steps) {
    causes.push(
      choose(4) === 0
        ? { type: 'StepFailed', version: 1, stepId, attempt, failure: toFailure(new Error('no')), durationMs: 1 }
        : { type: 'StepSucceeded', version: 1, stepId, attempt, result: ['result', stepId], durationMs: 1 },
    );
  }
  for (const timerId of run.pending.timers.keys()) causes.push({ type: 'TimerFired', version: 1, timerId });
  for (const name of signalNames) causes.push({ type: 'SignalReceived', version: 1, name, payload: choose(100) });
  if (choose(8) === 0) causes.push({ type: 'CancelRequested', version: 1 });
  return causes
    .map((cause) => ({ cause, rank: choose(1_000) }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ cause }) => cause);
}

/** Tells the run random batches of what could happen, then all that is left, until it has closed. */
async function rehearse(program: Program, choose: Choose): Promise<Rehearsal> {
  const run = await Rehearsal.begin((ctx) => interpret(ctx, program));
  for (let batch = 0; batch < batchesMax && !run.run.isClosed; batch++) {
    const causes = possibleCauses(run, choose).slice(0, 1 + choose(3));
    if (choose(2) === 0) await run.tellTogether(...causes);
    else await run.tell(...causes);
    expectPendingAlike(run);
  }
  for (let round = 0; round < roundsMax && !run.run.isClosed; round++) {
    for (const cause of possibleCauses(run, choose)) await run.tell(cause);
  }
  invariant(run.run.isClosed, 'the program never ended');
  return run;
}

/** What the log says is pending is what the code waits for. */
function expectPendingAlike(run: Rehearsal): void {
  expect(run.run.fault).toBeUndefined();
  const state = fold(run.history);
  expect(state.status).toBe(run.run.isClosed ? 'closed' : 'running');
  for (const [stepId, { name }] of run.pending.steps) expect(run.run.askedStep(stepId)?.name).toBe(name);
}

/** How many decisions the causes up to and with each event led to. */
async function decidedUpTo(run: Rehearsal, kept: number): Promise<number> {
  const events = run.history.slice(0, kept).filter(({ event }) => isCause(event));
  return (await run.replayCold({ events })).leftover.length;
}

const choices = fc.infiniteStream(fc.nat(1_000_000));
const chooser = (stream: Iterator<number>): Choose => {
  return (below) => Number(stream.next().value) % below;
};

describe('random programs under random schedules', () => {
  it('replay cold without fault, and decide what they decided live', async () => {
    await fc.assert(
      fc.asyncProperty(programs, choices, async (program, stream) => {
        const run = await rehearse(program, chooser(stream));
        const { run: cold, leftover } = await run.replayCold();
        expect(cold.fault).toBeUndefined();
        expect(leftover).toEqual([]);
        expect(cold.isClosed).toBe(true);
        expect(withoutStacks(await run.decideCold())).toEqual(withoutStacks(run.decisions));
      }),
      { numRuns: 400 },
    );
  });

  it('produce again what a log that ends early has lost, wherever it ends', async () => {
    await fc.assert(
      fc.asyncProperty(programs, choices, fc.nat(), async (program, stream, cut) => {
        const run = await rehearse(program, chooser(stream));
        const kept = 1 + (cut % run.history.length);
        const events = run.history.slice(0, kept);
        const { run: cold, leftover } = await run.replayCold({ events });
        expect(cold.fault).toBeUndefined();
        const written = events.filter(({ event }) => isDecision(event)).length;
        const lost = run.decisions.slice(written, await decidedUpTo(run, kept));
        expect(withoutStacks(leftover)).toEqual(withoutStacks(lost));
        const state = fold([...events, ...leftover.map((event) => ({ event, timestamp: cold.now }))]);
        const pending = state.status === 'running' ? [...state.steps.keys()] : [];
        for (const stepId of pending) expect(cold.askedStep(stepId)).toBeDefined();
      }),
      { numRuns: 300 },
    );
  });

  it('are stuck when a step in the middle of their history has another name', async () => {
    await fc.assert(
      fc.asyncProperty(programs, choices, fc.nat(), async (program, stream, pick) => {
        const run = await rehearse(program, chooser(stream));
        const places = run.history.flatMap(({ event }, index) => (event.type === 'StepScheduled' ? [index] : []));
        fc.pre(places.length > 0);
        const place = places[pick % places.length];
        const events = run.history.map(({ event, timestamp }, index) => ({
          event: event.type === 'StepScheduled' && index === place ? { ...event, name: 'renamed' } : event,
          timestamp,
        }));
        const { run: cold } = await run.replayCold({ events });
        expect(cold.fault).toMatchObject({ code: 'NONDETERMINISM', details: { eventIndex: place } });
      }),
      { numRuns: 100 },
    );
  });
});
