import { FermataError, userFrame, type SurroundingRun } from '@fermata/kernel';

const ownFiles = new URL('..', import.meta.url).pathname;

/**
 * Stops the run: what its code called would turn out differently in a replay. The run is stuck with the place in the
 * user's source, and goes on once the call is in a step.
 * @returns the error for the caller
 */
export function refuseIo(run: SurroundingRun, call: string, stack: string): FermataError {
  const fault = ioInWorkflow(call, userFrame(stack, [ownFiles]));
  run.reportFault(fault);
  return fault;
}

function ioInWorkflow(call: string, site: string | undefined): FermataError {
  return new FermataError('IO_IN_WORKFLOW', {
    message: `Workflow code called ${call}${site === undefined ? '' : `, ${site}`}: its outcome would differ in a replay.`,
    fix: `Call it in a step: ctx.step('…', () => ${call}(…)).`,
    details: { call, ...(site !== undefined && { site }) },
  });
}
