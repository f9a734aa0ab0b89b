import { executionClosed } from '../execution/refusals.js';
import type { ExecutionState } from '../execution/state.js';
import { acceptWith, refuse, type Verdict } from '../execution/verdict.js';
import { decideStart, type StartAnswer, type StartRequest } from '../lifecycle/decide-start.js';
import { decideSignal, type SignalRequest } from './decide-signal.js';

/**
 * Starts the execution unless it runs, and delivers the signal, both in one append. A repeat does neither twice; the
 * start's request ID counts for the signal too where that has none of its own.
 */
export function decideSignalWithStart(
  state: ExecutionState,
  start: StartRequest,
  signal: Omit<SignalRequest, 'workflowId' | 'runId'>,
): Verdict<StartAnswer> {
  const requestId = signal.requestId ?? start.requestId;
  const identified = requestId === undefined ? {} : { requestId };
  const started = decideStart(state, {
    ...start,
    conflictPolicy: 'use-existing',
    ...(requestId !== undefined && { messageRequestId: requestId }),
  });
  if ('refused' in started) return started;
  const { name, payload } = signal;
  const received = { type: 'SignalReceived', version: 1, name, payload, ...identified } as const;
  if (started.answer.created) return acceptWith(started.answer, ...started.accepted, received);
  if (state.status === 'closed') return afterClose(started.answer, start, state.signalRequests, requestId);
  const signalled = decideSignal(state, { workflowId: start.workflowId, name, payload, ...identified });
  return 'refused' in signalled ? signalled : acceptWith(started.answer, ...signalled.accepted);
}

/** The start is a repeat, and its run has closed: the signal is one too, or it comes too late. */
function afterClose(
  answer: StartAnswer,
  { workflowId }: StartRequest,
  signalRequests: ReadonlySet<string>,
  requestId: string | undefined,
): Verdict<StartAnswer> {
  const isRepeat = requestId !== undefined && signalRequests.has(requestId);
  return isRepeat ? acceptWith(answer) : refuse(executionClosed(workflowId, answer.runId));
}
