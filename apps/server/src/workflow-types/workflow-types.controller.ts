import type { RegisteredWorkflow } from '@fermata/kernel';
import { ListWorkflowTypes } from '@fermata/nestjs';
import { Controller, Get } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Operation } from '../openapi/operation.decorator.js';
import { defined } from '../requests/defined.js';
import { jsonSchemaOf } from './json-schema.js';

@ApiTags('workflow types')
@Controller('v1/workflow-types')
export class WorkflowTypesController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Operation({ summary: 'List the workflow types that this server runs', answers: { 200: 'WorkflowTypeList' } })
  async list(): Promise<object> {
    const workflows = await this.queries.execute(new ListWorkflowTypes());
    return { items: workflows.map(toWorkflowType) };
  }
}

function toWorkflowType({ type, input, output }: RegisteredWorkflow): object {
  return defined({
    workflowType: type,
    input: input && jsonSchemaOf(input, 'input'),
    output: output && jsonSchemaOf(output, 'output'),
  });
}
