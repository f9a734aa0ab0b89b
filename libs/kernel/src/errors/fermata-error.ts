import type { ErrorCode } from './error-code.js';
import { errorPage } from './error-page.js';

export interface ErrorParts {
  /** What is wrong, in one sentence. */
  readonly message: string;
  /** What to do about it, in one sentence. */
  readonly fix: string;
  readonly cause?: unknown;
  /** Facts a program may want: the limit and the size, the known names, the list of problems. JSON only. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Every refusal and every fault that Fermata itself raises. `code` is stable; the text says what to do. */
export class FermataError extends Error {
  override readonly name: string = 'FermataError';
  /** As given, and under `docs` the page that explains the code, where there is one. */
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(
    readonly code: ErrorCode,
    { message, fix, cause, details }: ErrorParts,
  ) {
    super(`${message} ${fix}`, cause === undefined ? undefined : { cause });
    const docs = errorPage(code);
    this.details = docs === undefined ? details : { ...details, docs };
  }
}

export function isFermataError(value: unknown, code?: ErrorCode): value is FermataError {
  return value instanceof FermataError && (code === undefined || value.code === code);
}
