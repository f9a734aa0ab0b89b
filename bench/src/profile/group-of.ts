import type { CpuProfileNode } from './cpu-profile.js';

/** By file. The first that fits counts. */
const byUrl: readonly (readonly [pattern: RegExp, group: string])[] = [
  [/\/libs\/kernel\//, 'kernel'],
  [/\/libs\/engine\/[^]*\/projection\//, 'read model'],
  [/\/libs\/engine\//, 'engine'],
  [/\/libs\/store-sqlite\/[^]*\/read-model\//, 'read model'],
  [/\/libs\/store-sqlite\//, 'store'],
  [/\/libs\/sdk\//, 'engine'],
  [/\/(examples|bench)\//, 'bench and workflow'],
  [/\/node_modules\/zod\//, 'schema validation'],
  [/^node:/, 'node'],
];

const bySpecialName: Readonly<Record<string, string>> = {
  '(garbage collector)': 'gc',
  '(idle)': 'idle',
  '(program)': 'native outside of calls',
  '(root)': 'native outside of calls',
};

/**
 * Which part of the system a frame belongs to. Native code has no file: it counts for whoever called it, with SQLite's
 * own calls set apart, since they are the disk's time.
 */
export function groupOf(node: CpuProfileNode, callerGroup: string): string {
  const { functionName, url } = node.callFrame;
  const special = bySpecialName[functionName];
  if (special !== undefined) return special;
  if (url !== '') return byUrl.find(([pattern]) => pattern.test(url))?.[1] ?? 'other';
  return isSqliteCall(functionName) && isSqliteUser(callerGroup) ? `node:sqlite for ${callerGroup}` : callerGroup;
}

/** Methods of `StatementSync` and `DatabaseSync`. */
function isSqliteCall(functionName: string): boolean {
  return ['run', 'get', 'all', 'iterate', 'exec', 'prepare', 'next'].includes(functionName);
}

function isSqliteUser(group: string): boolean {
  return group === 'store' || group === 'read model';
}
