import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { describeError } from './describe-error.js';
import { isRetryable, problemContentType, retryAfterSeconds, toProblem, type ProblemParts } from './problem.js';

/** Longer paths aren't repeated in the answer. */
const instanceCharsMax = 500;

/** Answers every error as problem+json; of a fault of ours it tells no more than a number to look for in the log. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly logger: Logger,
    private readonly bodyBytesMax: number,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    // The client has gone, or got its answer before the error came.
    if (reply.sent || reply.raw.destroyed) return;
    const parts = describeError(error, this.bodyBytesMax) ?? this.#fault(error, request);
    const instance = request.url.split('?', 1)[0] ?? '';
    const problem = toProblem({ ...parts, ...(instance.length <= instanceCharsMax && { instance }) });
    if (isRetryable(problem)) reply.header('retry-after', retryAfterSeconds);
    void reply.status(problem.status).header('content-type', problemContentType).send(JSON.stringify(problem));
  }

  #fault(error: unknown, { id: requestId, method, url }: FastifyRequest): ProblemParts {
    this.logger.error({ err: error, requestId, method, url: url.slice(0, instanceCharsMax) }, 'request failed');
    return {
      code: 'INTERNAL',
      detail: `Something went wrong on our side. The server's log has it under request ${requestId}.`,
      details: { requestId },
    };
  }
}
