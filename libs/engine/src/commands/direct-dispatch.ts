import { assertNever, type StartAnswer } from '@fermata/kernel';
import type { Committed } from '../executions/committed.js';
import type { Executions } from '../executions/executions.js';
import { CancelWorkflow } from './cancel-workflow.js';
import type { Command, Dispatch, OutsideCommand, OwnCommand } from './command.js';
import { FireTimer } from './fire-timer.js';
import { RecordStepOutcome } from './record-step-outcome.js';
import { SignalWorkflow } from './signal-workflow.js';
import { StartWorkflow } from './start-workflow.js';
import { TerminateWorkflow } from './terminate-workflow.js';

/** Commands straight to the executions, where there is no command bus. */
export function directDispatch(executions: Executions): Dispatch {
  function dispatch(command: StartWorkflow): Promise<Committed<StartAnswer>>;
  function dispatch(command: OutsideCommand | OwnCommand): Promise<Committed<void>>;
  function dispatch(command: Command): Promise<Committed<StartAnswer | void>> {
    if (command instanceof RecordStepOutcome) return executions.recordStepOutcome(command);
    if (command instanceof FireTimer) return executions.fireTimer(command);
    if (command instanceof StartWorkflow) return executions.start(command);
    if (command instanceof SignalWorkflow) return executions.signal(command);
    if (command instanceof CancelWorkflow) return executions.cancel(command);
    if (command instanceof TerminateWorkflow) return executions.terminate(command);
    return assertNever(command);
  }
  return dispatch;
}
