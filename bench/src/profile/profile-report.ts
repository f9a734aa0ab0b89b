import { readFileSync } from 'node:fs';
import { selfTimes, type CpuProfile, type CpuProfileNode } from './cpu-profile.js';
import { groupOf } from './group-of.js';

const functionsShown = 25;

/** Where the time of a profile went: its groups, and its functions with the most time of their own. */
export function profileReport(file: string): string {
  // Written by this process's own child, in the format of the inspector.
  const profile = JSON.parse(readFileSync(file, 'utf8')) as CpuProfile;
  const { groups, functions, totalUs } = sumUp(profile);
  const share = (us: number): string => `${((us / totalUs) * 100).toFixed(1).padStart(5)} %`;
  const lines = (sums: ReadonlyMap<string, number>, shown: number): readonly string[] =>
    [...sums]
      .sort(([, a], [, b]) => b - a)
      .slice(0, shown)
      .map(([name, us]) => `${share(us)}  ${name}`);
  return [
    `\n${file}: ${(totalUs / 1_000).toFixed(0)} ms`,
    ...lines(groups, groups.size),
    '',
    ...lines(functions, functionsShown),
    '',
  ].join('\n');
}

export interface ProfileSums {
  readonly groups: ReadonlyMap<string, number>;
  readonly functions: ReadonlyMap<string, number>;
  readonly totalUs: number;
}

/** Self times in microseconds, by group and by function. */
export function sumUp(profile: CpuProfile): ProfileSums {
  const byId = new Map(profile.nodes.map((node) => [node.id, node]));
  const times = selfTimes(profile);
  const groups = new Map<string, number>();
  const functions = new Map<string, number>();
  let totalUs = 0;
  const visit = (node: CpuProfileNode, callerGroup: string, caller: string): void => {
    const group = groupOf(node, callerGroup);
    const us = times.get(node.id) ?? 0;
    totalUs += us;
    add(groups, group, us);
    add(functions, labelOf(node, caller, group), us);
    for (const id of node.children ?? []) {
      const child = byId.get(id);
      if (child) visit(child, group, isNative(node) ? caller : nameOf(node));
    }
  };
  const root = profile.nodes[0];
  if (root) visit(root, 'other', 'nobody');
  return { groups, functions, totalUs };
}

function add(sums: Map<string, number>, key: string, us: number): void {
  if (us > 0) sums.set(key, (sums.get(key) ?? 0) + us);
}

/** Has no file: the runtime's own code. */
function isNative({ callFrame }: CpuProfileNode): boolean {
  return callFrame.url === '';
}

function labelOf(node: CpuProfileNode, caller: string, group: string): string {
  const name = nameOf(node);
  if (isState(name)) return name;
  return `${name} ${isNative(node) ? `called by ${caller}` : placeOf(node)} [${group}]`;
}

/** What the thread did instead of running a function, such as `(idle)`. */
function isState(name: string): boolean {
  return /^\((idle|program|root|garbage collector)\)$/.test(name);
}

function nameOf({ callFrame }: CpuProfileNode): string {
  return callFrame.functionName || '(anonymous)';
}

function placeOf({ callFrame: { url, lineNumber } }: CpuProfileNode): string {
  return `${url.split('/').slice(-2).join('/')}:${lineNumber + 1}`;
}
