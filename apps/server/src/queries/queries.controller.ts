import { FermataNode, QueryWorkflow } from '@fermata/nestjs';
import { Body, Controller, HttpCode, HttpStatus, Param, Post } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Operation } from '../openapi/operation.decorator.js';
import { toJson } from '../payloads/to-json.js';

@ApiTags('messages')
@Controller('v1/executions/:workflowId/queries')
export class QueriesController {
  constructor(
    private readonly queries: QueryBus,
    private readonly node: FermataNode,
  ) {}

  @Post(':name')
  @HttpCode(HttpStatus.OK)
  @Operation({
    summary: 'Read the live state of a run',
    body: 'Payload',
    answers: { 200: 'Result' },
    problems: [400, 404, 409],
  })
  async query(
    @Param('workflowId') workflowId: string,
    @Param('name') name: string,
    @Body() args: unknown,
  ): Promise<object> {
    return {
      result: toJson(await this.queries.execute(new QueryWorkflow(this.node.targetOf(workflowId), name, args))),
    };
  }
}
