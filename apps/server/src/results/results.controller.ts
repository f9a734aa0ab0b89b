import type { ClosedOutcome } from '@fermata/engine';
import { AwaitResult, FermataNode } from '@fermata/nestjs';
import { Controller, Get, HttpStatus, Param, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Operation } from '../openapi/operation.decorator.js';
import { failureToJson, toJson } from '../payloads/to-json.js';
import { defined } from '../requests/defined.js';
import { Fields } from '../requests/fields.js';
import { HeldRequests } from './held-requests.js';

@ApiTags('executions')
@Controller('v1/executions/:workflowId')
export class ResultsController {
  constructor(
    private readonly queries: QueryBus,
    private readonly node: FermataNode,
    private readonly held: HeldRequests,
  ) {}

  @Get('result')
  @Operation({
    summary: 'Read how a run ended, or wait for it',
    query: ['runId', 'wait'],
    answers: { 200: 'Result', 202: 'StillOpen', 422: 'Failed' },
    problems: [400, 404],
  })
  async result(
    @Param('workflowId') workflowId: string,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const fields = new Fields(query, 'query');
    const runId = fields.optionalText('runId');
    const waitMs = fields.duration('wait') ?? 0;
    fields.finish();
    const target = this.node.targetOf(workflowId);
    const outcome = await this.held.hold(request, waitMs, (held) =>
      this.queries.execute(new AwaitResult(target, defined({ runId, ...held }))),
    );
    reply.status(statusOf(outcome));
    return bodyOf(outcome);
  }
}

function statusOf(outcome: ClosedOutcome | undefined): HttpStatus {
  if (!outcome) return HttpStatus.ACCEPTED;
  return outcome.status === 'completed' ? HttpStatus.OK : HttpStatus.UNPROCESSABLE_ENTITY;
}

function bodyOf(outcome: ClosedOutcome | undefined): object {
  if (!outcome) return {};
  return outcome.status === 'completed'
    ? { result: toJson(outcome.result) }
    : { failure: failureToJson(outcome.failure) };
}
