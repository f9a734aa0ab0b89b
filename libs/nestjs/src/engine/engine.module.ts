import { Module, type DynamicModule, type ModuleMetadata, type Provider } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import { DiscoveredHandlers } from '../commands/discovered-handlers.js';
import { CancelWorkflowHandler } from '../executions/cancel-workflow.handler.js';
import { DescribeExecutionHandler } from '../executions/describe-execution.handler.js';
import { ListExecutionsHandler } from '../executions/list-executions.handler.js';
import { StartWorkflowHandler } from '../executions/start-workflow.handler.js';
import { TerminateWorkflowHandler } from '../executions/terminate-workflow.handler.js';
import { ReadHistoryHandler } from '../history/read-history.handler.js';
import { ReadTraceHandler } from '../history/read-trace.handler.js';
import { QueryWorkflowHandler } from '../queries/query-workflow.handler.js';
import { SignalWithStartHandler } from '../signals/signal-with-start.handler.js';
import { UpdateWorkflowHandler } from '../updates/update-workflow.handler.js';
import { CompleteStepHandler } from '../steps/complete-step.handler.js';
import { RecordStepProgressHandler } from '../steps/record-step-progress.handler.js';
import { FireAlarmHandler } from '../timers/fire-alarm.handler.js';
import { ReportChildHandler } from '../children/report-child.handler.js';
import { ReleaseChildrenHandler } from '../children/release-children.handler.js';
import { AwaitResultHandler } from '../results/await-result.handler.js';
import { SignalWorkflowHandler } from '../signals/signal-workflow.handler.js';
import { RecordStepOutcomeHandler } from '../steps/record-step-outcome.handler.js';
import { FireTimerHandler } from '../timers/fire-timer.handler.js';
import { DiscoveredWorkflows } from '../workflows/discovered-workflows.js';
import { ListWorkflowTypesHandler } from '../workflows/list-workflow-types.handler.js';
import { FermataNode } from './fermata-node.js';

const commandHandlers = [
  StartWorkflowHandler,
  SignalWorkflowHandler,
  CancelWorkflowHandler,
  TerminateWorkflowHandler,
  RecordStepOutcomeHandler,
  FireTimerHandler,
  ReleaseChildrenHandler,
  ReportChildHandler,
  FireAlarmHandler,
  RecordStepProgressHandler,
  CompleteStepHandler,
  UpdateWorkflowHandler,
  SignalWithStartHandler,
];

const queryHandlers = [
  DescribeExecutionHandler,
  ListExecutionsHandler,
  ReadHistoryHandler,
  ReadTraceHandler,
  AwaitResultHandler,
  QueryWorkflowHandler,
  ListWorkflowTypesHandler,
];

/**
 * The engine and its handlers. Not global, so that NestJS bootstraps it after the `CqrsModule` that it imports: the
 * engine sends its first commands as soon as it starts.
 */
@Module({})
export class EngineModule {
  static with(options: Provider, imports: NonNullable<ModuleMetadata['imports']>): DynamicModule {
    return {
      module: EngineModule,
      imports: [CqrsModule, DiscoveryModule, ...imports],
      providers: [options, FermataNode, DiscoveredHandlers, DiscoveredWorkflows, ...commandHandlers, ...queryHandlers],
      exports: [FermataNode, CqrsModule],
    };
  }
}
