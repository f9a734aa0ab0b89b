import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOperation, ApiQuery, ApiResponse } from '@nestjs/swagger';
import { problemContentType } from '../problems/problem.js';
import { headers, queryParameters } from './parameters.js';
import type { SchemaName } from './schemas.js';

export interface OperationParts {
  readonly summary: string;
  readonly query?: readonly (keyof typeof queryParameters)[];
  readonly headers?: readonly (keyof typeof headers)[];
  readonly body?: SchemaName;
  /** By status. */
  readonly answers: Readonly<Record<number, SchemaName>>;
  /** The statuses of errors, beside those that every route has, or every route with a body. */
  readonly problems?: readonly number[];
}

const bodiesRequired: ReadonlySet<SchemaName> = new Set([
  'StartExecution',
  'CompleteStep',
  'FailStep',
  'HeartbeatStep',
]);

/** Describes a route in the OpenAPI document. */
export function Operation(parts: OperationParts): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary: parts.summary }),
    ...(parts.query ?? []).map((name) => ApiQuery({ name, required: false, ...queryParameters[name] })),
    ...(parts.headers ?? []).map((name) => ApiHeader({ name, required: false, ...headers[name] })),
    ...(parts.body ? [ApiBody({ schema: refTo(parts.body), required: bodiesRequired.has(parts.body) })] : []),
    ...responses(parts),
  );
}

/** A status may have both an answer and a problem, told apart by their media types. */
function responses(parts: OperationParts): readonly MethodDecorator[] {
  const problems = problemStatuses(parts);
  const statuses = new Set([...Object.keys(parts.answers).map(Number), ...problems]);
  return Array.from(statuses, (status) => {
    const name = parts.answers[status];
    return ApiResponse({
      status,
      description: name ?? 'Problem',
      content: {
        ...(name && { 'application/json': { schema: refTo(name) } }),
        ...(problems.includes(status) && { [problemMediaType]: { schema: refTo('Problem') } }),
      },
    });
  });
}

function problemStatuses({ body, problems = [] }: OperationParts): readonly number[] {
  return [...new Set([...problems, ...(body ? [403, 413, 415] : []), 500, 503])];
}

const [problemMediaType = ''] = problemContentType.split(';');

function refTo(name: SchemaName): { readonly $ref: string } {
  return { $ref: `#/components/schemas/${name}` };
}
