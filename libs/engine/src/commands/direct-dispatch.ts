import { assertNever } from '@fermata/kernel';
import type { Executions } from '../executions/executions.js';
import { CancelWorkflow } from './cancel-workflow.js';
import type { Command, Dispatch } from './command.js';
import { CompleteStep } from './complete-step.js';
import { FireAlarm } from './fire-alarm.js';
import { FireTimer } from './fire-timer.js';
import { RecordStepOutcome } from './record-step-outcome.js';
import { RecordStepProgress } from './record-step-progress.js';
import { ReleaseChildren } from './release-children.js';
import { ReportChild } from './report-child.js';
import { SignalWithStart } from './signal-with-start.js';
import { SignalWorkflow } from './signal-workflow.js';
import { StartWorkflow } from './start-workflow.js';
import { TerminateWorkflow } from './terminate-workflow.js';
import { UpdateWorkflow } from './update-workflow.js';

/** Commands straight to the executions, where there is no command bus. */
export function directDispatch(executions: Executions): Dispatch {
  const dispatch = (command: Command): Promise<unknown> => {
    if (command instanceof RecordStepOutcome) return executions.recordStepOutcome(command);
    if (command instanceof FireTimer) return executions.fireTimer(command);
    if (command instanceof StartWorkflow) return executions.start(command);
    if (command instanceof SignalWorkflow) return executions.signal(command);
    if (command instanceof SignalWithStart) return executions.signalWithStart(command);
    if (command instanceof UpdateWorkflow) return executions.update(command);
    if (command instanceof CancelWorkflow) return executions.cancel(command);
    if (command instanceof TerminateWorkflow) return executions.terminate(command);
    if (command instanceof RecordStepProgress) return executions.recordStepProgress(command);
    if (command instanceof CompleteStep) return executions.completeStep(command);
    if (command instanceof FireAlarm) return executions.fireAlarm(command);
    if (command instanceof ReportChild) return executions.reportChild(command);
    if (command instanceof ReleaseChildren) return executions.releaseChildren(command);
    return assertNever(command);
  };
  // Each class goes to the method that answers as the overload for it says.
  return dispatch as Dispatch;
}
