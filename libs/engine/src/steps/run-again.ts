import { isDeepStrictEqual } from 'node:util';
import { encodePayload, type Payload } from '@fermata/kernel';
import type { AttemptRun } from './attempt-run.js';
import type { FailedCheck } from './step-checks.js';

/** Runs a step that has succeeded once more; nothing when it gives the same again. */
export async function runAgain(first: AttemptRun, result: Payload): Promise<FailedCheck | undefined> {
  const again = first.again();
  const abort = (): void => again.abort(first.signal.reason);
  first.signal.addEventListener('abort', abort, { once: true });
  try {
    const end = await again.run();
    // Handed out, it ends somewhere else and later.
    if ('isHandedOut' in end) return undefined;
    const second = encodePayload(end.value, 'second result');
    return isDeepStrictEqual(second, result) ? undefined : failedCheck(first, result, { result: second });
  } catch (error) {
    // Aborted with its run, it says nothing of itself.
    return first.signal.aborted ? undefined : failedCheck(first, result, { error });
  } finally {
    first.signal.removeEventListener('abort', abort);
  }
}

function failedCheck(
  { attempt: { target, runId, asked }, idempotencyKey }: AttemptRun,
  first: Payload,
  second: FailedCheck['second'],
): FailedCheck {
  const { stepId, name } = asked;
  return { workflowId: target.workflowId, runId, stepId, name, idempotencyKey, first, second };
}
