import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { StepContext } from '@fermata/sdk';

/** What steps did, kept outside the engine, so that it outlives the kill: a line for each begin of a step. */
export function writeLedger(file: string, { workflowId, stepId }: StepContext): void {
  appendFileSync(file, `${workflowId}/${stepId}\n`);
}

/** Which steps were begun, once for each time. A line cut short by the kill counts for nothing. */
export function readLedger(file: string): readonly string[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8').split('\n').slice(0, -1);
}
