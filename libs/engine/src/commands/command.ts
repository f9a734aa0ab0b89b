import type { CancelWorkflow } from './cancel-workflow.js';
import type { FireTimer } from './fire-timer.js';
import type { RecordStepOutcome } from './record-step-outcome.js';
import type { SignalWorkflow } from './signal-workflow.js';
import type { StartWorkflow } from './start-workflow.js';
import type { TerminateWorkflow } from './terminate-workflow.js';

/** What can be asked of an execution from outside its code. */
export type Command =
  StartWorkflow | SignalWorkflow | CancelWorkflow | TerminateWorkflow | RecordStepOutcome | FireTimer;

/** What the engine itself sends, when a step has ended or a timer is due. */
export type OwnCommand = RecordStepOutcome | FireTimer;

/** The way of the engine's own commands to their handlers: with NestJS, the command bus. */
export type Dispatch = (command: OwnCommand) => Promise<unknown>;
