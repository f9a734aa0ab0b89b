import type { StartAnswer, StepProgressAnswer } from '@fermata/kernel';
import type { Committed } from '../executions/committed.js';
import type { UpdateOutcome } from '../updates/update-outcome.js';
import type { CancelWorkflow } from './cancel-workflow.js';
import type { CompleteStep } from './complete-step.js';
import type { FireAlarm } from './fire-alarm.js';
import type { FireTimer } from './fire-timer.js';
import type { RecordStepOutcome } from './record-step-outcome.js';
import type { RecordStepProgress } from './record-step-progress.js';
import type { ReleaseChildren } from './release-children.js';
import type { ReportChild } from './report-child.js';
import type { SignalWithStart } from './signal-with-start.js';
import type { SignalWorkflow } from './signal-workflow.js';
import type { StartWorkflow } from './start-workflow.js';
import type { TerminateWorkflow } from './terminate-workflow.js';
import type { UpdateWorkflow } from './update-workflow.js';

/** Commands whose answer is that what they did is durable. */
export type PlainCommand =
  | SignalWorkflow
  | CancelWorkflow
  | TerminateWorkflow
  | RecordStepOutcome
  | FireTimer
  | FireAlarm
  | ReportChild
  | ReleaseChildren;

/** What can be asked of an execution from outside its code. */
export type Command =
  PlainCommand | StartWorkflow | SignalWithStart | UpdateWorkflow | RecordStepProgress | CompleteStep;

/** The way of all commands to their handlers: with NestJS, the command bus. */
export interface Dispatch {
  (command: StartWorkflow | SignalWithStart): Promise<Committed<StartAnswer>>;
  (command: UpdateWorkflow): Promise<Committed<UpdateOutcome>>;
  (command: RecordStepProgress | CompleteStep): Promise<Committed<StepProgressAnswer>>;
  (command: PlainCommand): Promise<Committed<void>>;
}
