import { SignalWorkflow, type Committed } from '@fermata/engine';
import { FermataNode } from '@fermata/nestjs';
import { Body, Controller, Headers, HttpCode, HttpStatus, Param, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Operation } from '../openapi/operation.decorator.js';
import { defined } from '../requests/defined.js';
import { Fields } from '../requests/fields.js';

@ApiTags('messages')
@Controller('v1/executions/:workflowId/signals')
export class SignalsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly node: FermataNode,
  ) {}

  @Post(':name')
  @HttpCode(HttpStatus.ACCEPTED)
  @Operation({
    summary: 'Send a message to a run',
    query: ['runId'],
    headers: ['Idempotency-Key'],
    body: 'Payload',
    answers: { 202: 'Accepted' },
    problems: [400, 404, 409],
  })
  async signal(
    @Param('workflowId') workflowId: string,
    @Param('name') name: string,
    @Body() payload: unknown,
    @Query() query: unknown,
    @Headers('idempotency-key') requestId: string | undefined,
  ): Promise<object> {
    const fields = new Fields(query, 'query');
    const options = defined({ runId: fields.optionalText('runId'), requestId });
    fields.finish();
    const command = new SignalWorkflow(this.node.targetOf(workflowId), name, payload, options);
    const { position } = await this.commands.execute<SignalWorkflow, Committed<void>>(command);
    return { position };
  }
}
