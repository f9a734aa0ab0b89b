import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What is really in use, in bytes: the heap after a full collection. */
export function heapInUse(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('This runtime has no collector to call.');
  Reflect.apply(collect, undefined, []);
  return process.memoryUsage().heapUsed;
}
