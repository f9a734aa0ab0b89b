import type { Evidence } from './evidence.js';
import type { ClosedRun } from './messages.js';
import { livedThrough, type Crash } from './timeline.js';

/** The run that shows the most of the crash: open when it came, and with a call that had to be asked again. */
export function pickSurvivor({ runs, calls }: Evidence, crash: Crash): ClosedRun | undefined {
  const repeatedOrders = new Set(calls.filter(({ answer }) => answer === 'repeated').map(({ orderId }) => orderId));
  const survivors = [...runs.values()].filter((run) => livedThrough(run, crash) && run.outcome.status === 'completed');
  return survivors.find(({ orderId }) => repeatedOrders.has(orderId)) ?? survivors[0];
}

/** The run that was undone the most, best one that lived through the crash. */
export function pickUndone({ runs }: Evidence, crash: Crash): ClosedRun | undefined {
  const compensations = ({ history }: ClosedRun): number =>
    history.filter(({ type, data }) => type === 'StepScheduled' && isCompensation(data)).length;
  const weight = (run: ClosedRun): number => 2 * compensations(run) + Number(livedThrough(run, crash));
  const undone = [...runs.values()].filter((run) => compensations(run) > 0);
  return undone.toSorted((a, b) => weight(b) - weight(a))[0];
}

/** A run with a step that had to be tried again. */
export function pickRetried({ runs }: Evidence): ClosedRun | undefined {
  return [...runs.values()].find(({ history }) => history.some(({ type }) => type === 'StepAttemptFailed'));
}

function isCompensation(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'compensates' in data;
}
