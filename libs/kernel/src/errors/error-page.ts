import type { ErrorCode } from './error-code.js';

/** Codes that stop a run, or guard against what would: a row of `docs/reference/errors.md` is too short for them. */
const codesWithPage: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'UNKNOWN_WORKFLOW_TYPE',
  'NONDETERMINISM',
  'FOREIGN_PROMISE',
  'UNHANDLED_REJECTION',
  'IO_IN_WORKFLOW',
  'INVARIANT_VIOLATED',
  'STEP_IN_STEP',
  'STEP_OUTCOME_UNKNOWN',
]);

/** The page in the repository that explains a code, where it has one of its own. */
export function errorPage(code: ErrorCode): string | undefined {
  return codesWithPage.has(code) ? `docs/errors/${code}.md` : undefined;
}
