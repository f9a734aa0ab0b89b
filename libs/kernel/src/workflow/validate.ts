import { FermataError } from '../errors/fermata-error.js';
import type { StandardIssue, StandardSchema } from './schema.js';

/**
 * What the schema makes of the value.
 * @throws FermataError `VALIDATION_FAILED` with every problem
 * @throws TypeError the schema validates asynchronously, which workflow code can't wait for
 */
export function validateNow(schema: StandardSchema, value: unknown, what: string): unknown {
  const result = schema['~standard'].validate(value);
  if (result instanceof Promise) throw new TypeError(`The schema of the ${what} validates asynchronously.`);
  if (result.issues) throw validationFailed(what, result.issues);
  return result.value;
}

export function validationFailed(what: string, issues: readonly StandardIssue[]): FermataError {
  const problems = issues.map((issue) => ({ path: pathOf(issue), message: issue.message }));
  const listed = problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ');
  return new FermataError('VALIDATION_FAILED', {
    message: `The ${what} is not valid: ${listed}.`,
    fix: 'Correct what is listed.',
    details: { problems },
  });
}

function pathOf({ path }: StandardIssue): string {
  return (path ?? []).map((segment) => String(typeof segment === 'object' ? segment.key : segment)).join('.');
}
