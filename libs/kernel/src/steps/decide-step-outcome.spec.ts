import { describe, expect, it } from '@jest/globals';
import {
  aFailure,
  aStepAttemptFailed,
  aStepCancelled,
  aStepFailed,
  aStepScheduled,
  aStepSucceeded,
  aWorkflowCompleted,
  aWorkflowStarted,
} from '../../../testing/src/builders/event-builders.contract.js';
import type { ExecutionEvent } from '../execution/events.js';
import { fold } from '../execution/evolve.js';
import type { ExecutionState } from '../execution/state.js';
import { decideStepOutcome, type StepOutcome, type StepOutcomeReport } from './decide-step-outcome.js';

const after = (...events: readonly ExecutionEvent[]): ExecutionState =>
  fold(events.map((event) => ({ event, timestamp: 0 })));

const started = aWorkflowStarted({ runId: 'run-1' });
const scheduled = aStepScheduled({ stepId: 2 });
const pending = after(started, scheduled);
const report: StepOutcomeReport = {
  runId: 'run-1',
  stepId: 2,
  attempt: 1,
  durationMs: 7,
  outcome: { kind: 'succeeded', result: 'done' },
};
const nothing = { accepted: [], answer: undefined };
const failure = aFailure();

const outcomes: [StepOutcome, ExecutionEvent][] = [
  [{ kind: 'succeeded', result: 'done' }, aStepSucceeded({ stepId: 2, result: 'done', durationMs: 7 })],
  [{ kind: 'failed', failure }, aStepFailed({ stepId: 2, failure, durationMs: 7 })],
  [
    { kind: 'attempt-failed', failure, nextAttemptAt: 9 },
    aStepAttemptFailed({ stepId: 2, failure, durationMs: 7, nextAttemptAt: 9 }),
  ],
];

describe('decideStepOutcome', () => {
  it.each(outcomes.map(([outcome, event]) => [outcome.kind, outcome, event] as const))(
    'records that a pending step %s',
    (_, outcome, event) => {
      expect(decideStepOutcome(pending, { ...report, outcome })).toEqual({ accepted: [event], answer: undefined });
    },
  );

  it('takes the attempt that counts, and no other', () => {
    const retried = after(started, scheduled, aStepAttemptFailed({ stepId: 2, attempt: 1 }));
    expect(decideStepOutcome(retried, { ...report, attempt: 2 })).toMatchObject({ accepted: [{ attempt: 2 }] });
    for (const attempt of [0, 1, 3]) expect(decideStepOutcome(retried, { ...report, attempt })).toEqual(nothing);
  });

  it.each<[string, ExecutionState]>([
    ['there is no execution', after()],
    ['there is no such step', after(started)],
    ['the step has an outcome', after(started, scheduled, aStepSucceeded({ stepId: 2 }))],
    ['the workflow gave the step up', after(started, scheduled, aStepCancelled({ stepId: 2 }))],
    ['the run has closed', after(started, scheduled, aWorkflowCompleted())],
    [
      'another run has begun',
      after(started, scheduled, aWorkflowCompleted(), aWorkflowStarted({ runId: 'run-2' }), scheduled),
    ],
  ])('is of no effect when %s', (_, state) => {
    for (const [outcome] of outcomes) expect(decideStepOutcome(state, { ...report, outcome })).toEqual(nothing);
  });
});
