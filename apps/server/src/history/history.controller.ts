import { historyEventsMax, type HistoryPage } from '@fermata/engine';
import { FermataNode, ReadHistory, ReadTrace } from '@fermata/nestjs';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Operation } from '../openapi/operation.decorator.js';
import { defined } from '../requests/defined.js';
import { Fields } from '../requests/fields.js';
import { readAt } from '../requests/read-at.js';

@ApiTags('executions')
@Controller('v1/executions/:workflowId')
export class HistoryController {
  constructor(
    private readonly queries: QueryBus,
    private readonly node: FermataNode,
  ) {}

  @Get('history')
  @Operation({
    summary: 'Read the events of a run',
    query: ['runId', 'from', 'limit', 'direction', 'position'],
    answers: { 200: 'History' },
    problems: [400, 404],
  })
  async history(@Param('workflowId') workflowId: string, @Query() query: unknown): Promise<HistoryPage> {
    const fields = new Fields(query, 'query');
    const options = defined({
      ...readAt(fields),
      from: fields.count('from', { min: 0, max: Number.MAX_SAFE_INTEGER }),
      limit: fields.count('limit', { min: 1, max: historyEventsMax }),
      direction: fields.oneOf('direction', ['forwards', 'backwards']),
    });
    fields.finish();
    return this.queries.execute(new ReadHistory(this.node.targetOf(workflowId), options));
  }

  @Get('trace')
  @Operation({
    summary: 'Show what a run did, as spans',
    query: ['runId', 'position'],
    answers: { 200: 'Trace' },
    problems: [400, 404],
  })
  async trace(@Param('workflowId') workflowId: string, @Query() query: unknown): Promise<object> {
    const fields = new Fields(query, 'query');
    const at = readAt(fields);
    fields.finish();
    return { spans: await this.queries.execute(new ReadTrace(this.node.targetOf(workflowId), at)) };
  }
}
