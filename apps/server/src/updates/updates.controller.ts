import { UpdateWorkflow, type Committed, type UpdateOutcome } from '@fermata/engine';
import { FermataNode } from '@fermata/nestjs';
import { Body, Controller, Headers, HttpCode, HttpStatus, Param, Post, Query, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Operation } from '../openapi/operation.decorator.js';
import { failureToJson, toJson } from '../payloads/to-json.js';
import { defined } from '../requests/defined.js';
import { Fields } from '../requests/fields.js';

@ApiTags('messages')
@Controller('v1/executions/:workflowId/updates')
export class UpdatesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly node: FermataNode,
  ) {}

  @Post(':name')
  @HttpCode(HttpStatus.OK)
  @Operation({
    summary: 'Send a validated message to a run and wait for its answer',
    query: ['runId'],
    headers: ['Idempotency-Key'],
    body: 'Payload',
    answers: { 200: 'Updated', 422: 'UpdateFailed' },
    problems: [400, 404, 409, 422],
  })
  async update(
    @Param('workflowId') workflowId: string,
    @Param('name') name: string,
    @Body() args: unknown,
    @Query() query: unknown,
    @Headers('idempotency-key') requestId: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const fields = new Fields(query, 'query');
    const options = defined({ runId: fields.optionalText('runId'), requestId });
    fields.finish();
    const command = new UpdateWorkflow(this.node.targetOf(workflowId), name, args, options);
    const { answer, position } = await this.commands.execute<UpdateWorkflow, Committed<UpdateOutcome>>(command);
    if (answer.status === 'failed') {
      reply.status(HttpStatus.UNPROCESSABLE_ENTITY);
      return { failure: failureToJson(answer.failure), position };
    }
    return { result: toJson(answer.result), position };
  }
}
