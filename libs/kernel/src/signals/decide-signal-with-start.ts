import type { SignalReceived } from '../execution/events.js';
import type { ExecutionState } from '../execution/state.js';
import { acceptWith, type Verdict } from '../execution/verdict.js';
import { decideStart, type StartAnswer, type StartRequest } from '../lifecycle/decide-start.js';
import { decideSignal, type SignalRequest } from './decide-signal.js';

/** Starts the execution unless it runs, and delivers the signal, both in one append. A repeat does neither twice. */
export function decideSignalWithStart(
  state: ExecutionState,
  start: StartRequest,
  signal: Omit<SignalRequest, 'workflowId' | 'runId'>,
): Verdict<StartAnswer> {
  const { requestId } = signal;
  const started = decideStart(state, {
    ...start,
    conflictPolicy: 'use-existing',
    ...(requestId !== undefined && { messageRequestId: requestId }),
  });
  if ('refused' in started) return started;
  if (started.answer.created) return acceptWith(started.answer, ...started.accepted, toReceived(signal));
  // A repeat of a request whose run has closed: it had its signal.
  if (state.status === 'closed') return acceptWith(started.answer);
  const signalled = decideSignal(state, { ...signal, workflowId: start.workflowId });
  return 'refused' in signalled ? signalled : acceptWith(started.answer, ...signalled.accepted);
}

function toReceived({ name, payload, requestId }: Omit<SignalRequest, 'workflowId' | 'runId'>): SignalReceived {
  return { type: 'SignalReceived', version: 1, name, payload, ...(requestId !== undefined && { requestId }) };
}
