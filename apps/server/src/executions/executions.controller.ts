import {
  CancelWorkflow,
  TerminateWorkflow,
  type Committed,
  type ExecutionList,
  type StartWorkflow,
} from '@fermata/engine';
import type { StartAnswer } from '@fermata/kernel';
import { DescribeExecution, FermataNode, type ListExecutions } from '@fermata/nestjs';
import { Body, Controller, Get, HttpCode, HttpStatus, Param, Post, Query, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Operation } from '../openapi/operation.decorator.js';
import { Fields } from '../requests/fields.js';
import { readAt } from '../requests/read-at.js';
import { readEndExecution } from './end-execution.js';
import { toExecutionBody } from './execution-body.js';
import { readListExecutions } from './list-executions.js';
import { readStartExecution } from './start-execution.js';

@ApiTags('executions')
@Controller('v1/executions')
export class ExecutionsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly node: FermataNode,
  ) {}

  @Post()
  @Operation({
    summary: 'Start an execution',
    body: 'StartExecution',
    answers: { 201: 'Started', 200: 'Started' },
    problems: [400, 409],
  })
  async start(@Body() body: unknown, @Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const command = readStartExecution(body, this.node.namespace);
    const { answer, position } = await this.commands.execute<StartWorkflow, Committed<StartAnswer>>(command);
    reply.status(answer.created ? HttpStatus.CREATED : HttpStatus.OK);
    return { workflowId: command.target.workflowId, runId: answer.runId, position, created: answer.created };
  }

  @Get()
  @Operation({
    summary: 'List runs',
    query: ['filter', 'order', 'limit', 'cursor', 'position'],
    answers: { 200: 'ExecutionList' },
    problems: [400],
  })
  async list(@Query() query: unknown): Promise<ExecutionList> {
    return this.queries.execute<ListExecutions, ExecutionList>(readListExecutions(query, this.node.namespace));
  }

  @Get(':workflowId')
  @Operation({
    summary: 'Describe a run',
    query: ['runId', 'position'],
    answers: { 200: 'Execution' },
    problems: [400, 404],
  })
  async describe(@Param('workflowId') workflowId: string, @Query() query: unknown): Promise<object> {
    const fields = new Fields(query, 'query');
    const at = readAt(fields);
    fields.finish();
    return toExecutionBody(await this.queries.execute(new DescribeExecution(this.node.targetOf(workflowId), at)));
  }

  @Post(':workflowId/cancel')
  @HttpCode(HttpStatus.ACCEPTED)
  @Operation({
    summary: 'Ask a run to end gracefully',
    body: 'EndExecution',
    answers: { 202: 'Accepted' },
    problems: [400, 404, 409],
  })
  async cancel(@Param('workflowId') workflowId: string, @Body() body: unknown): Promise<object> {
    const command = new CancelWorkflow(this.node.targetOf(workflowId), readEndExecution(body));
    const { position } = await this.commands.execute<CancelWorkflow, Committed<void>>(command);
    return { position };
  }

  @Post(':workflowId/terminate')
  @HttpCode(HttpStatus.ACCEPTED)
  @Operation({
    summary: 'End a run at once',
    body: 'EndExecution',
    answers: { 202: 'Accepted' },
    problems: [400, 404, 409],
  })
  async terminate(@Param('workflowId') workflowId: string, @Body() body: unknown): Promise<object> {
    const command = new TerminateWorkflow(this.node.targetOf(workflowId), readEndExecution(body));
    const { position } = await this.commands.execute<TerminateWorkflow, Committed<void>>(command);
    return { position };
  }
}
