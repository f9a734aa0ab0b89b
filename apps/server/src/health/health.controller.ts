import type { Millis } from '@fermata/kernel';
import { FermataNode } from '@fermata/nestjs';
import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { checkReady } from './check-ready.js';
import { Operation } from '../openapi/operation.decorator.js';

/** A read model that needs longer than this to reach what is in the log now isn't fit to be read from. */
const lagMsMax: Millis = 1_000;

@ApiTags('operations')
@Controller()
export class HealthController {
  constructor(private readonly node: FermataNode) {}

  @Get('healthz')
  @Operation({ summary: 'Whether the process answers', answers: { 200: 'Health' } })
  health(): object {
    return { status: 'ok' };
  }

  @Get('readyz')
  @Operation({
    summary: 'Whether the store answers and the read model keeps up',
    answers: { 200: 'Health' },
    problems: [503],
  })
  async ready(): Promise<object> {
    await checkReady(this.node.engine, lagMsMax);
    return { status: 'ok' };
  }
}
