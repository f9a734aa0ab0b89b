import { FermataError } from '../errors/fermata-error.js';

/** Longest workflow ID and name, in UTF-16 code units. Keeps stream names and index entries small. */
export const nameCharsMax = 200;

// Control characters, line and paragraph separators, and lone surrogates: unreadable in logs and paths, or not storable.
// eslint-disable-next-line no-control-regex -- they are what it looks for
const unprintable = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]|\p{Surrogate}/u;
const namespacePattern = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * @param what how the caller names the value, for the error text
 * @throws FermataError `VALIDATION_FAILED`: empty, longer than 200 characters, or with control characters
 */
export function parseName(name: string, what: string): string {
  const wrong = problemOf(name);
  if (wrong === undefined) return name;
  throw new FermataError('VALIDATION_FAILED', {
    message: `The ${what} ${wrong}.`,
    fix: `Give 1 to ${nameCharsMax} characters without control characters.`,
    details: { problems: [{ path: what, message: wrong }] },
  });
}

function problemOf(name: unknown): string | undefined {
  if (typeof name !== 'string') return 'is no text';
  if (name === '') return 'is empty';
  if (name.length > nameCharsMax) return `has ${name.length} characters, over the limit of ${nameCharsMax}`;
  if (unprintable.test(name)) return 'has a control character';
  return undefined;
}

/** @throws FermataError `VALIDATION_FAILED`: not 1 to 63 lower-case letters, digits and inner hyphens */
export function parseNamespace(namespace: string): string {
  if (namespacePattern.test(namespace)) return namespace;
  throw new FermataError('VALIDATION_FAILED', {
    message: `${JSON.stringify(namespace.slice(0, 80))} is no namespace.`,
    fix: 'Give 1 to 63 lower-case letters, digits and inner hyphens.',
  });
}
