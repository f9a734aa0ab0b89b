import { describe, expect, it } from '@jest/globals';
import {
  aWorkflowCancelled,
  aWorkflowCompleted,
  aWorkflowFailed,
  aWorkflowStarted,
  aWorkflowTerminated,
} from '../../../testing/src/builders/event-builders.contract.js';
import type { ExecutionEvent } from '../execution/events.js';
import { fold } from '../execution/evolve.js';
import type { ExecutionState } from '../execution/state.js';
import { conflictPolicies, decideStart, idReusePolicies, type StartRequest } from './decide-start.js';

const after = (...events: readonly ExecutionEvent[]): ExecutionState =>
  fold(events.map((event) => ({ event, timestamp: 0 })));

const request: StartRequest = {
  workflowId: 'order-1',
  runId: 'run-2',
  workflowType: 'checkout',
  input: { total: 5 },
  now: 0,
};
const started = aWorkflowStarted({ runId: 'run-2', input: { total: 5 } });
const created = { answer: { runId: 'run-2', created: true }, accepted: [started] };
const refusedFor = (runId: string): unknown => ({ refused: { code: 'WORKFLOW_ALREADY_STARTED', details: { runId } } });

describe('decideStart', () => {
  it('starts an execution that is new, with no more in the event than was asked for', () => {
    expect(decideStart(after(), request)).toEqual(created);
  });

  it('records what else the request says', () => {
    const more = { requestId: 'request-1', memo: { note: 'x' }, buildId: 'b-7' };
    expect(decideStart(after(), { ...request, ...more })).toEqual({
      answer: { runId: 'run-2', created: true },
      accepted: [{ ...started, ...more }],
    });
  });

  it('starts one that is new whatever the policies', () => {
    for (const conflictPolicy of conflictPolicies) {
      for (const idReusePolicy of idReusePolicies) {
        expect(decideStart(after(), { ...request, conflictPolicy, idReusePolicy })).toEqual(created);
      }
    }
  });

  describe('while a run is open', () => {
    const open = after(aWorkflowStarted({ runId: 'run-1', requestId: 'request-1' }));

    it('refuses by default, and says which run it is', () => {
      expect(decideStart(open, request)).toMatchObject(refusedFor('run-1') as object);
      expect(decideStart(open, { ...request, conflictPolicy: 'fail' })).toMatchObject(refusedFor('run-1') as object);
    });

    it('answers with the open run under use-existing', () => {
      expect(decideStart(open, { ...request, conflictPolicy: 'use-existing' })).toEqual({
        answer: { runId: 'run-1', created: false },
        accepted: [],
      });
    });

    it('ends the open run and starts another under terminate-existing, in one append', () => {
      expect(decideStart(open, { ...request, conflictPolicy: 'terminate-existing' })).toEqual({
        answer: { runId: 'run-2', created: true },
        accepted: [aWorkflowTerminated({ reason: 'replaced by a new start' }), started],
      });
    });

    it('does not ask idReusePolicy', () => {
      expect(decideStart(open, { ...request, idReusePolicy: 'allow-duplicate' })).toMatchObject(
        refusedFor('run-1') as object,
      );
    });
  });

  describe('after a run has closed', () => {
    const failures = [aWorkflowFailed(), aWorkflowCancelled(), aWorkflowTerminated()];
    const cases = [
      ['allow-duplicate', aWorkflowCompleted(), true],
      ['allow-duplicate-failed-only', aWorkflowCompleted(), false],
      ['reject-duplicate', aWorkflowCompleted(), false],
      ...failures.flatMap((closing) => [
        ['allow-duplicate', closing, true] as const,
        ['allow-duplicate-failed-only', closing, true] as const,
        ['reject-duplicate', closing, false] as const,
      ]),
    ] as const;

    it.each(cases.map(([policy, closing, isAllowed]) => [policy, closing.type, isAllowed, closing] as const))(
      '%s after %s: another run is allowed: %p',
      (idReusePolicy, _, isAllowed, closing) => {
        const verdict = decideStart(after(aWorkflowStarted({ runId: 'run-1' }), closing), {
          ...request,
          idReusePolicy,
        });
        if (isAllowed) expect(verdict).toEqual(created);
        else expect(verdict).toMatchObject(refusedFor('run-1') as object);
      },
    );

    it('allows another run by default, and does not ask conflictPolicy', () => {
      const closed = after(aWorkflowStarted({ runId: 'run-1' }), aWorkflowCompleted());
      for (const conflictPolicy of conflictPolicies) {
        expect(decideStart(closed, { ...request, conflictPolicy })).toEqual(created);
      }
    });
  });

  describe('when the request is a repeated one', () => {
    const first = aWorkflowStarted({ runId: 'run-1', requestId: 'request-1' });
    const answer = { answer: { runId: 'run-1', created: false }, accepted: [] };
    const states = [
      ['its run is open', after(first)],
      ['its run has closed', after(first, aWorkflowCompleted())],
      [
        'others came after it',
        after(first, aWorkflowFailed(), aWorkflowStarted({ runId: 'run-1b', requestId: 'other' })),
      ],
    ] as const;

    it.each(states)('answers with the first run, whatever the policies: %s', (_, state) => {
      for (const conflictPolicy of conflictPolicies) {
        for (const idReusePolicy of idReusePolicies) {
          const repeated = { ...request, requestId: 'request-1', conflictPolicy, idReusePolicy };
          expect(decideStart(state, repeated)).toEqual(answer);
        }
      }
    });

    it('is not the same for another request ID', () => {
      expect(decideStart(after(first), { ...request, requestId: 'request-2' })).toMatchObject(
        refusedFor('run-1') as object,
      );
    });
  });
});
