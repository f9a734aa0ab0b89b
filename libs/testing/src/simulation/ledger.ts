import type { StoredEvent } from '@fermata/engine';
import { streamIdOf, type StepContext } from '@fermata/kernel';
import type { InMemoryEventStore } from '../in-memory-event-store.js';

/** A call that a step made on the world outside. */
export interface Effect {
  readonly workflowId: string;
  readonly runId: string;
  readonly stepId: number;
  readonly attempt: number;
  readonly idempotencyKey: string;
}

/** What happened outside of the engine. Looks at each call whether the log already held its cause. */
export class Ledger {
  readonly effects: Effect[] = [];
  readonly violations: string[] = [];

  constructor(private readonly store: InMemoryEventStore) {}

  record({ workflowId, runId, stepId, attempt, idempotencyKey, name }: StepContext): void {
    this.effects.push({ workflowId, runId, stepId, attempt, idempotencyKey });
    const history = this.store.durableEvents(streamIdOf({ namespace: 'default', workflowId }));
    if (!isScheduled(history, runId, stepId)) {
      this.violations.push(`step ${stepId} "${name}" of ${workflowId} ran before its schedule was durable`);
    }
  }
}

function isScheduled(history: readonly StoredEvent[], runId: string, stepId: number): boolean {
  const start = history.findIndex(({ type, data }) => type === 'WorkflowStarted' && data['runId'] === runId);
  return (
    start >= 0 && history.slice(start).some(({ type, data }) => type === 'StepScheduled' && data['stepId'] === stepId)
  );
}
