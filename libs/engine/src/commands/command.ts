import type { StartAnswer } from '@fermata/kernel';
import type { Committed } from '../executions/committed.js';
import type { CancelWorkflow } from './cancel-workflow.js';
import type { FireTimer } from './fire-timer.js';
import type { RecordStepOutcome } from './record-step-outcome.js';
import type { SignalWorkflow } from './signal-workflow.js';
import type { StartWorkflow } from './start-workflow.js';
import type { TerminateWorkflow } from './terminate-workflow.js';

/** What clients ask of executions. */
export type OutsideCommand = SignalWorkflow | CancelWorkflow | TerminateWorkflow;

/** What the engine itself sends, when a step has ended or a timer is due. */
export type OwnCommand = RecordStepOutcome | FireTimer;

/** What can be asked of an execution from outside its code. */
export type Command = StartWorkflow | OutsideCommand | OwnCommand;

/** The way of all commands to their handlers: with NestJS, the command bus. */
export interface Dispatch {
  (command: StartWorkflow): Promise<Committed<StartAnswer>>;
  (command: OutsideCommand | OwnCommand): Promise<Committed<void>>;
}
