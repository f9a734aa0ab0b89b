import { parseNamespace } from '@fermata/kernel';

/** Which streams of the server are one namespace's log. */
export interface LogName {
  readonly namespace: string;
  /** Holds one event that says since when the namespace is there, and in which format. */
  readonly controlStream: string;
  /** What the names of its executions' streams match, `<namespace>.<slot>-…`, for the server. */
  readonly pattern: string;
  includes(stream: string): boolean;
}

/** @throws FermataError `VALIDATION_FAILED`: no namespace */
export function logNameOf(namespace: string): LogName {
  const pattern = `^${parseNamespace(namespace)}\\.[0-9a-f]{2}-`;
  const regex = new RegExp(pattern);
  return { namespace, controlStream: `fermata.${namespace}`, pattern, includes: (stream) => regex.test(stream) };
}
