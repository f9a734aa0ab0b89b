export {
  CancelledError,
  ChildError,
  defineQuery,
  defineSignal,
  defineUpdate,
  defineWorkflow,
  FermataError,
  isFermataError,
  NonRetryableError,
  RecordedError,
  StepError,
  TimeoutError,
} from '@fermata/kernel';
export type {
  Duration,
  ErrorCode,
  Failure,
  Payload,
  QueryDefinition,
  RegisteredWorkflow,
  RetryOptions,
  Schema,
  ChildHandle,
  ChildOptions,
  SearchAttributes,
  SignalDefinition,
  UpdateDefinition,
  SignalWaitOptions,
  StandardSchema,
  StepContext,
  StepFunction,
  StepOptions,
  WorkflowContext,
  WorkflowDefinition,
} from '@fermata/kernel';
export type {
  ExecutionDescription,
  ExecutionList,
  ExecutionSummary,
  HistoryEventView,
  HistoryPage,
  Logger,
  PendingStepView,
  Span,
  WaitView,
} from '@fermata/engine';
export * from './client.js';
export * from './create-fermata.js';
export * from './store-address.js';
export * from './workflow-failed-error.js';
export * from './workflow-handle.js';
