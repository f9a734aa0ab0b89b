import type { Figures, Setting } from '../workload.js';
import { figureText } from './figure-text.js';

export interface BenchResult {
  readonly workload: string;
  readonly title: string;
  readonly setting: Setting;
  readonly figures: Figures;
}

const heads = ['workload', 'setting', 'figures'] as const;

/** A Markdown table, so that the terminal's output can be pasted into a page. */
export function tableOf(results: readonly BenchResult[]): string {
  const rows = [heads, ...results.map(toRow)];
  const widths = heads.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = widths.map((width) => '-'.repeat(width));
  return [line(heads), line(rule), ...rows.slice(1).map(line)].join('\n');
}

function toRow({ workload, title, setting, figures }: BenchResult): readonly string[] {
  const texts = Object.entries(figures).map(([name, value]) => figureText(name, value));
  return [`${workload} ${title}`, settingText(setting), texts.join(' · ')];
}

export function settingText({ store, client, concurrency, steps }: Setting): string {
  return [
    store,
    client,
    concurrency === undefined ? undefined : `${concurrency} in flight`,
    steps === undefined ? undefined : `${steps.toLocaleString('en-US')} steps`,
  ]
    .filter((part) => part !== undefined)
    .join(', ');
}
