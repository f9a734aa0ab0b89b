import type { ExpectedOutcome } from '../data/orders.js';
import type { Action, RecordedCall } from '../services/ledger.js';
import type { Evidence } from './evidence.js';
import type { ClosedRun } from './messages.js';
import { paint } from './paint.js';

const actions: readonly Action[] = ['reserve', 'score', 'charge', 'ship', 'refund', 'release'];

/** How the orders ended against how they should have, and what their services did. */
export function summaryOf(evidence: Evidence): readonly string[] {
  return [
    ...table(['outcome', 'expected', 'seen'], outcomeRows(evidence)),
    '',
    ...table(['side effect', 'happened', 'asked again', 'refused'], effectRows(evidence)),
  ];
}

/** Calls that a crash made necessary again, and that had no second effect because their key was known. */
export function absorbed(calls: readonly RecordedCall[]): number {
  return calls.filter(({ answer }) => answer === 'repeated').length;
}

function outcomeRows({ cases, runs }: Evidence): readonly (readonly string[])[] {
  const expected = cases.map((orderCase) => expectedName(orderCase.expected));
  const seen = [...runs.values()].map(seenName);
  const names = [...new Set([...expected, ...seen])].toSorted((a, b) => count(expected, b) - count(expected, a));
  return names.map((name) => [name, String(count(expected, name)), String(count(seen, name))]);
}

function effectRows({ effects, calls }: Evidence): readonly (readonly string[])[] {
  return actions.map((action) => {
    const answers = calls.filter((call) => call.action === action).map(({ answer }) => answer);
    const happened = effects.filter((effect) => effect.action === action).length;
    return [action, ...[happened, count(answers, 'repeated'), count(answers, 'refused')].map(String)];
  });
}

function expectedName(expected: ExpectedOutcome): string {
  return expected.status === 'completed' ? 'shipped' : inWords(expected.code);
}

function seenName({ outcome }: ClosedRun): string {
  return outcome.status === 'completed' ? 'shipped' : inWords(outcome.failure.code ?? outcome.failure.type);
}

/** `OUT_OF_STOCK` → `out of stock` */
function inWords(code: string): string {
  return code.toLowerCase().replaceAll('_', ' ');
}

function count<T>(items: readonly T[], wanted: T): number {
  return items.filter((item) => item === wanted).length;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const widths = head.map((title, column) =>
    Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0), title.length),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('   ');
  return [paint('dim', line(head)), ...rows.map(line)].map((text) => `  ${text}`);
}
