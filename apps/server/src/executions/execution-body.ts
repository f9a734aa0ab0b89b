import type { ExecutionDescription } from '@fermata/engine';
import { failureToJson, toJson } from '../payloads/to-json.js';

/** One run as HTTP shows it: recorded values in plain JSON, and null where nothing was given. */
export function toExecutionBody({ input, memo, result, failure, buildId, ...rest }: ExecutionDescription): object {
  return {
    ...rest,
    input: toJson(input),
    ...(result !== undefined && { result: toJson(result) }),
    ...(failure !== undefined && { failure: failureToJson(failure) }),
    memo: memo === undefined ? null : toJson(memo),
    buildId: buildId ?? null,
  };
}
