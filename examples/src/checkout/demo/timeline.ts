import type { HistoryEventView } from '@fermata/sdk';
import type { RecordedCall } from '../services/ledger.js';
import type { ClosedRun } from './messages.js';
import { paint, type Tone } from './paint.js';

/** When the engine process was killed, and when the next one opened the log, in milliseconds since 1970. */
export interface Crash {
  readonly killedAt: number;
  readonly backAt: number;
}

interface Moment {
  readonly at: number;
  readonly tone: Tone;
  readonly mark: string;
  readonly text: string;
}

/** One run, moment by moment, with times since its start: what its history says, its repeated calls, and the crash. */
export function timelineOf(run: ClosedRun, calls: readonly RecordedCall[], crash: Crash): readonly string[] {
  const startedAt = timeOf(run.history[0]);
  const closedAt = timeOf(run.history.at(-1));
  const moments = [
    ...momentsOf(run.history),
    ...calls.filter(({ orderId, answer }) => orderId === run.orderId && answer === 'repeated').map(repeated),
    ...(startedAt < crash.killedAt && crash.killedAt < closedAt ? crashMoments(crash) : []),
  ];
  // Sorting is stable: what happened in the same millisecond stays in the log's order.
  return moments.toSorted((a, b) => a.at - b.at).map((moment) => lineOf(moment, startedAt));
}

/** Whether the run was open when the engine was killed. */
export function livedThrough({ history }: ClosedRun, { killedAt }: Crash): boolean {
  return timeOf(history[0]) < killedAt && killedAt < timeOf(history.at(-1));
}

function lineOf({ at, tone, mark, text }: Moment, startedAt: number): string {
  return `${paint('dim', `${String(at - startedAt).padStart(7)} ms`)}  ${paint(tone, `${mark} ${text}`)}`;
}

function momentsOf(history: readonly HistoryEventView[]): readonly Moment[] {
  const names = new Map<unknown, string>();
  return history.flatMap((event): readonly Moment[] => {
    const data = fieldsOf(event.data);
    const at = timeOf(event);
    const step = names.get(data['stepId']) ?? String(data['name']);
    switch (event.type) {
      case 'WorkflowStarted':
        return [{ at, tone: 'bold', mark: '●', text: 'order comes in' }];
      case 'StepScheduled':
        names.set(data['stepId'], step);
        return [{ at, tone: 'plain', mark: '→', text: step }];
      case 'StepSucceeded':
        return [{ at, tone: 'good', mark: '✓', text: `${step}${attemptOf(data)}` }];
      case 'StepAttemptFailed':
        return [
          { at, tone: 'notice', mark: '↻', text: `${step}: ${messageIn(data)} Next try ${nextTryIn(data, at)}.` },
        ];
      case 'StepFailed':
        return [{ at, tone: 'bad', mark: '✗', text: `${step}: ${messageIn(data)}` }];
      case 'SignalAwaited':
        return [{ at, tone: 'notice', mark: '…', text: `waits for ${String(data['name'])}` }];
      case 'SignalReceived':
        return [{ at, tone: 'plain', mark: '!', text: `${String(data['name'])}: ${JSON.stringify(data['payload'])}` }];
      case 'WorkflowCompleted':
        return [{ at, tone: 'bold', mark: '■', text: 'completed' }];
      case 'WorkflowFailed':
        return [{ at, tone: 'bold', mark: '■', text: `failed: ${messageIn(data)}` }];
      default:
        return [];
    }
  });
}

function repeated({ at, action }: RecordedCall): Moment {
  return {
    at,
    tone: 'notice',
    mark: '↺',
    text: `"${action}" asked again under its old key: already done, same answer`,
  };
}

function crashMoments({ killedAt, backAt }: Crash): readonly Moment[] {
  return [
    { at: killedAt, tone: 'bad', mark: '✖', text: `SIGKILL ${'─'.repeat(44)}` },
    { at: backAt, tone: 'good', mark: '✚', text: `a new engine process opens the log, ${backAt - killedAt} ms later` },
  ];
}

function attemptOf({ attempt }: Record<string, unknown>): string {
  return typeof attempt === 'number' && attempt > 1 ? ` at attempt ${attempt}` : '';
}

function messageIn(data: Record<string, unknown>): string {
  return String(fieldsOf(data['failure'])['message']);
}

function nextTryIn({ nextAttemptAt }: Record<string, unknown>, at: number): string {
  return `in ${Number(nextAttemptAt) - at} ms`;
}

function timeOf(event: HistoryEventView | undefined): number {
  return event === undefined ? Number.NaN : Date.parse(event.timestamp);
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
