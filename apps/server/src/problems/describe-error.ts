import { isFermataError, type ErrorCode } from '@fermata/kernel';
import { HttpException } from '@nestjs/common';
import { fromFermataError, statuses, type HttpCode, type ProblemParts } from './problem.js';

/** Refusals of the HTTP layer itself, by Fastify's code. */
const fastifyCodes: Readonly<Record<string, ErrorCode | HttpCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'PAYLOAD_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'VALIDATION_FAILED',
  FST_ERR_CTP_INVALID_JSON_BODY: 'VALIDATION_FAILED',
  FST_ERR_BAD_URL: 'VALIDATION_FAILED',
  FST_ERR_MAX_PARAM_LENGTH: 'VALIDATION_FAILED',
};

/**
 * What may be told of anything that was thrown; nothing when it is a fault of ours, of which the caller learns no more
 * than that it happened.
 */
export function describeError(error: unknown, bodyBytesMax: number): ProblemParts | undefined {
  if (isFermataError(error)) return fromFermataError(error);
  if (error instanceof HttpException) return describeHttpException(error, bodyBytesMax);
  const code = codeOf(error);
  switch (code) {
    case undefined:
    case 'INTERNAL':
      return undefined;
    case 'PAYLOAD_TOO_LARGE':
      return {
        code,
        detail: `The body is over the limit of ${bodyBytesMax} bytes. Keep large values elsewhere and send where they are.`,
        details: { bytesMax: bodyBytesMax },
      };
    case 'UNSUPPORTED_MEDIA_TYPE':
      return { code, detail: 'The body is of another type. Send JSON with "Content-Type: application/json".' };
    default:
      return { code, detail: `The request can't be read: ${(error as Error).message}.` };
  }
}

function codeOf(error: unknown): ErrorCode | HttpCode | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  if (typeof code === 'string' && Object.hasOwn(fastifyCodes, code)) return fastifyCodes[code];
  const isCallersFault = typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500;
  return isCallersFault ? 'VALIDATION_FAILED' : undefined;
}

/** NestJS wraps what Fastify refuses, and throws one itself where no route matches; a hook of ours throws another. */
function describeHttpException(exception: HttpException, bodyBytesMax: number): ProblemParts | undefined {
  if (exception.cause !== undefined) return describeError(exception.cause, bodyBytesMax);
  const status = exception.getStatus();
  if (status === statuses.PERMISSION_DENIED) return { code: 'PERMISSION_DENIED', detail: exception.message };
  if (status !== statuses.ROUTE_NOT_FOUND) return undefined;
  return { code: 'ROUTE_NOT_FOUND', detail: 'There is no such route. GET /openapi.json lists those there are.' };
}
