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

/** Describes a route in the OpenAPI document. */
export function Operation(parts: OperationParts): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary: parts.summary }),
    ...(parts.query ?? []).map((name) => ApiQuery({ name, required: false, ...queryParameters[name] })),
    ...(parts.headers ?? []).map((name) => ApiHeader({ name, required: false, ...headers[name] })),
    ...(parts.body ? [ApiBody({ schema: refTo(parts.body), required: parts.body === 'StartExecution' })] : []),
    ...Object.entries(parts.answers).map(([status, name]) => answer(Number(status), name)),
    ...problemStatuses(parts).map(problem),
  );
}

function problemStatuses({ body, problems = [] }: OperationParts): readonly number[] {
  return [...new Set([...problems, ...(body ? [403, 413, 415] : []), 500, 503])];
}

function answer(status: number, name: SchemaName): MethodDecorator {
  return ApiResponse({ status, description: name, content: { 'application/json': { schema: refTo(name) } } });
}

function problem(status: number): MethodDecorator {
  const [mediaType = ''] = problemContentType.split(';');
  return ApiResponse({ status, description: 'Problem', content: { [mediaType]: { schema: refTo('Problem') } } });
}

function refTo(name: SchemaName): { readonly $ref: string } {
  return { $ref: `#/components/schemas/${name}` };
}
