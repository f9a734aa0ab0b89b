import type { Engine, ExecutionDescription } from '@fermata/engine';
import type { ExecutionTarget, RunId } from '@fermata/kernel';

/** A test waits for a run that nothing will ever wake, however much time passes. */
export class StalledError extends Error {
  override readonly name = 'StalledError';

  constructor(
    readonly workflowId: string,
    message: string,
  ) {
    super(message);
  }
}

/** Says what the run waits for. */
export async function stalledError(
  engine: Engine,
  target: ExecutionTarget,
  runId: RunId | undefined,
): Promise<StalledError> {
  const newest = await engine.views.describe(target);
  const followed =
    newest.status === 'running' || runId === undefined ? newest : await engine.views.describe(target, { runId });
  return new StalledError(target.workflowId, messageOf(followed));
}

function messageOf(run: ExecutionDescription): string {
  const name = `Run "${run.workflowId}" of workflow "${run.workflowType}"`;
  if (run.status === 'stuck') {
    return `${name} is stuck: ${run.failure?.message ?? 'its code can not go on.'} Correct the code; no time that passes helps.`;
  }
  const waits = run.waits.map((wait) => (wait.name === '' ? `a ${wait.kind}` : `${wait.kind} "${wait.name}"`));
  const fix = 'Send what it waits for before you wait for its result, or give the wait a time-out.';
  return `${name} waits for ${waits.join(' and ') || 'nothing that the engine knows of'}, which no time that passes brings. ${fix}`;
}
