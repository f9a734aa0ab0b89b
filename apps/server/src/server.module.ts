import { FermataModule, type FermataModuleOptions } from '@fermata/nestjs';
import { Module, type DynamicModule } from '@nestjs/common';
import { ExecutionsController } from './executions/executions.controller.js';
import { HealthController } from './health/health.controller.js';
import { HistoryController } from './history/history.controller.js';
import { QueriesController } from './queries/queries.controller.js';
import { HeldRequests } from './results/held-requests.js';
import { ResultsController } from './results/results.controller.js';
import { SignalsController } from './signals/signals.controller.js';
import { StepsController } from './steps/steps.controller.js';
import { UpdatesController } from './updates/updates.controller.js';
import { WorkflowTypesController } from './workflow-types/workflow-types.controller.js';

@Module({
  controllers: [
    ExecutionsController,
    HistoryController,
    ResultsController,
    SignalsController,
    QueriesController,
    UpdatesController,
    StepsController,
    WorkflowTypesController,
    HealthController,
  ],
  providers: [HeldRequests],
})
export class ServerModule {
  static with(options: FermataModuleOptions, more: DynamicModule['imports'] = []): DynamicModule {
    return { module: ServerModule, imports: [FermataModule.forRoot(options), ...more] };
  }
}
