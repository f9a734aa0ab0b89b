export {
  CancelledError,
  ChildError,
  defaultSignal,
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
  DefaultSignal,
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
  UnfinishedHandlers,
  UpdateDefinition,
  SignalWaitOptions,
  StandardSchema,
  StepContext,
  StepFunction,
  StepOptions,
  WorkflowContext,
  WorkflowDefinition,
} from '@fermata/kernel';
export { chainCodecs, compression, encryption } from '@fermata/engine';
export type {
  ChooseStepFunction,
  CompressionOptions,
  EncryptionKey,
  EncryptionOptions,
  ExecutionDescription,
  ExecutionList,
  ExecutionSummary,
  FailedCheck,
  HistoryEventView,
  HistoryPage,
  Logger,
  PayloadCodec,
  PendingStepView,
  Span,
  StepChecks,
  WaitView,
} from '@fermata/engine';
export * from './client-engine.js';
export * from './client.js';
export * from './create-fermata.js';
export * from './store-address.js';
export * from './workflow-failed-error.js';
export * from './workflow-handle.js';
