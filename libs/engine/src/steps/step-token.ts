import { FermataError, type ExecutionTarget, type RunId, type StepId } from '@fermata/kernel';

/** Which attempt of which step somebody outside completes. */
export interface StepAddress {
  readonly target: ExecutionTarget;
  readonly runId: RunId;
  readonly stepId: StepId;
  readonly attempt: number;
}

/** An opaque text that may travel in an address or a message. It names the step; it proves nothing. */
export function encodeStepToken({ target, runId, stepId, attempt }: StepAddress): string {
  return Buffer.from(JSON.stringify([target.namespace, target.workflowId, runId, stepId, attempt])).toString(
    'base64url',
  );
}

/** @throws FermataError `VALIDATION_FAILED`: not a token that `encodeStepToken` made */
export function decodeStepToken(token: string): StepAddress {
  const parts = parse(token);
  if (parts) return parts;
  throw new FermataError('VALIDATION_FAILED', {
    message: 'That is no token of a step.',
    fix: 'Send the token as the step gave it.',
  });
}

function parse(token: string): StepAddress | undefined {
  try {
    const parts: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (!Array.isArray(parts)) return undefined;
    const [namespace, workflowId, runId, stepId, attempt] = parts as unknown[];
    if (typeof namespace !== 'string' || typeof workflowId !== 'string' || typeof runId !== 'string') return undefined;
    if (typeof stepId !== 'number' || typeof attempt !== 'number') return undefined;
    return { target: { namespace, workflowId }, runId, stepId, attempt };
  } catch {
    return undefined;
  }
}
