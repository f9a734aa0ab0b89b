import { defaultLimits } from '@fermata/engine';
import { FermataError } from '@fermata/kernel';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isUtf8 } from 'node:buffer';
import type { Socket } from 'node:net';
import type { ProblemFilter } from '../problems/problem.filter.js';
import { problemContentType, toProblem } from '../problems/problem.js';
import { refuseForeignPages } from './refuse-foreign-pages.js';

/** What a start's body holds beside the input: names, IDs, a memo. */
const bodyBytesBesidePayload = 100_000;
export const bodyBytesMax = defaultLimits.payloadBytesMax + bodyBytesBesidePayload;

/** Longer IDs than are allowed reach the handlers too, which say what is wrong with them. */
const pathParameterCharsMax = 16_384;

export function createFastify(problems: ProblemFilter): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: bodyBytesMax,
    // Requests that come while the server stops are answered by the filter, as problems.
    return503OnClosing: false,
    routerOptions: { maxParamLength: pathParameterCharsMax },
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) =>
      problems.answer(error, request, reply),
    clientErrorHandler: answerUnparsed,
  });
  const fastify = adapter.getInstance<FastifyInstance>();
  takeJsonOnly(fastify);
  refuseForeignPages(fastify);
  return adapter;
}

/** JSON or no body at all. An empty one counts as none, whatever its type. */
function takeJsonOnly(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (body.length === 0) done(null, undefined);
    else if (isUtf8(body)) void parse(request, body.toString(), done);
    else done(notUtf8());
  });
}

function notUtf8(): FermataError {
  return new FermataError('VALIDATION_FAILED', {
    message: "The body isn't valid UTF-8.",
    fix: 'Send JSON in UTF-8.',
  });
}

/** What isn't HTTP, or has headers too large, never becomes a request. */
function answerUnparsed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const problem =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? toProblem({
          code: 'HEADERS_TOO_LARGE',
          detail: 'The headers, the path included, are too large. Send shorter ones.',
        })
      : toProblem({ code: 'VALIDATION_FAILED', detail: 'This is no HTTP request that can be read. Check the client.' });
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    `Content-Type: ${problemContentType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
