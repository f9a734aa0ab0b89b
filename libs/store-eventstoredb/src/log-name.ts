import { streamNameFilter, type Filter } from '@eventstore/db-client';
import { parseNamespace } from '@fermata/kernel';

/** Which streams of the server are one namespace's log. */
export interface LogName {
  readonly namespace: string;
  /** Holds one event that says since when the namespace is there, and in which format. */
  readonly controlStream: string;
  /** For the server: the namespace's executions, `<namespace>.<slot>-…`. */
  readonly filter: Filter;
  includes(stream: string): boolean;
}

/** The server looks at so many events of others before it reports where it is. */
const searchWindowEvents = 1_000;

/** @throws FermataError `VALIDATION_FAILED`: no namespace */
export function logNameOf(namespace: string): LogName {
  const pattern = `^${parseNamespace(namespace)}\\.[0-9a-f]{2}-`;
  const regex = new RegExp(pattern);
  return {
    namespace,
    controlStream: `fermata.${namespace}`,
    filter: streamNameFilter({ regex: pattern, maxSearchWindow: searchWindowEvents }),
    includes: (stream) => regex.test(stream),
  };
}
