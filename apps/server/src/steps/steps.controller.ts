import { CompleteStep, type Committed, type OutsideStepOutcome } from '@fermata/engine';
import type { StepProgressAnswer } from '@fermata/kernel';
import { Body, Controller, HttpCode, HttpStatus, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Operation } from '../openapi/operation.decorator.js';
import { Fields } from '../requests/fields.js';
import { readStepError } from './step-error.js';

/** For whoever carries out a step outside of the engine, with the token that the step gave. */
@ApiTags('steps')
@Controller('v1/steps')
export class StepsController {
  constructor(private readonly commands: CommandBus) {}

  @Post('complete')
  @HttpCode(HttpStatus.OK)
  @Operation({
    summary: 'Complete a step that was handed out',
    body: 'CompleteStep',
    answers: { 200: 'StepProgress' },
    problems: [400],
  })
  complete(@Body() body: unknown): Promise<StepProgressAnswer> {
    return this.#send(body, (fields) => ({ kind: 'succeeded', result: fields.any('result') }));
  }

  @Post('fail')
  @HttpCode(HttpStatus.OK)
  @Operation({
    summary: 'Fail an attempt of a step that was handed out',
    body: 'FailStep',
    answers: { 200: 'StepProgress' },
    problems: [400],
  })
  fail(@Body() body: unknown): Promise<StepProgressAnswer> {
    return this.#send(body, (fields) => ({ kind: 'failed', error: readStepError(fields.object('error')) }));
  }

  @Post('heartbeat')
  @HttpCode(HttpStatus.OK)
  @Operation({
    summary: 'Say how far a step is that was handed out',
    body: 'HeartbeatStep',
    answers: { 200: 'StepProgress' },
    problems: [400],
  })
  heartbeat(@Body() body: unknown): Promise<StepProgressAnswer> {
    return this.#send(body, (fields) => ({ kind: 'heartbeat', details: fields.any('details') }));
  }

  async #send(body: unknown, read: (fields: Fields) => OutsideStepOutcome): Promise<StepProgressAnswer> {
    const fields = new Fields(body, 'body');
    const token = fields.text('token');
    const outcome = read(fields);
    fields.finish();
    const command = new CompleteStep(token, outcome);
    const { answer } = await this.commands.execute<CompleteStep, Committed<StepProgressAnswer>>(command);
    return { isCurrent: answer.isCurrent };
  }
}
