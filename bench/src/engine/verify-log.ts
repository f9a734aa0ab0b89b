import { fromStoredEvent, type EventStore, type StoredEvent } from '@fermata/engine';
import type { ExecutionEvent } from '@fermata/kernel';
import { ensure } from '../measure/ensure.js';
import type { BenchStore } from './bench-store.js';

const pageEvents = 10_000;

export async function* readWholeLog(store: EventStore): AsyncGenerator<StoredEvent> {
  let after = 0;
  for (;;) {
    const page = await store.readLog({ after, limit: pageEvents });
    const last = page.at(-1);
    if (!last) return;
    yield* page;
    after = last.position;
  }
}

export interface ExpectedLog {
  /** How many executions the log holds, all of one run. */
  readonly executions: number;
  /** How many steps each of them has. */
  readonly steps: number;
}

/**
 * Reads the whole log: every run began once, has each step scheduled once and succeeded once, and closed once.
 * @throws Error at the first event that is missing, wrong or there twice
 */
export async function verifyLog(bench: Pick<BenchStore, 'open'>, { executions, steps }: ExpectedLog): Promise<void> {
  await using store = await bench.open();
  const open = new Map<string, RunCheck>();
  let closed = 0;
  for await (const stored of readWholeLog(store)) {
    const check = open.get(stored.stream) ?? new RunCheck(stored.stream);
    open.set(stored.stream, check);
    check.apply(stored);
    if (!check.isClosed) continue;
    check.end(steps);
    open.delete(stored.stream);
    closed++;
  }
  ensure(open.size === 0, `${open.size} runs never closed`);
  ensure(closed === executions, `the log holds ${closed} closed runs, ${executions} were run`);
}

/** Follows one run's events. Anything after its close begins a new check, which fails for its revision. */
class RunCheck {
  isClosed = false;
  #nextRevision = 0;
  readonly #scheduled = new Set<number>();
  readonly #succeeded = new Set<number>();

  constructor(private readonly stream: string) {}

  apply(stored: StoredEvent): void {
    ensure(stored.revision === this.#nextRevision, `${this.stream} has revision ${stored.revision} out of turn`);
    const { event } = fromStoredEvent(stored);
    ensure((event.type === 'WorkflowStarted') === (this.#nextRevision === 0), `${this.stream} began twice or never`);
    this.#nextRevision++;
    this.#follow(event);
  }

  end(steps: number): void {
    ensure(this.#scheduled.size === steps, `${this.stream} scheduled ${this.#scheduled.size} steps of ${steps}`);
    ensure(this.#succeeded.size === steps, `${this.stream} ended ${this.#succeeded.size} steps of ${steps}`);
  }

  #follow(event: ExecutionEvent): void {
    switch (event.type) {
      case 'StepScheduled':
        return this.#add(this.#scheduled, event.stepId, 'scheduled');
      case 'StepSucceeded':
        ensure(event.attempt === 1, `${this.stream} needed attempt ${event.attempt} for step ${event.stepId}`);
        return this.#add(this.#succeeded, event.stepId, 'recorded');
      case 'WorkflowCompleted':
        this.isClosed = true;
        return;
      case 'WorkflowStarted':
      case 'TimerStarted':
      case 'TimerFired':
      case 'SignalAwaited':
      case 'SignalReceived':
        return;
      default:
        return ensure(false, `${this.stream} holds a ${event.type}`);
    }
  }

  #add(steps: Set<number>, stepId: number, what: string): void {
    ensure(!steps.has(stepId), `${this.stream} has step ${stepId} ${what} twice`);
    steps.add(stepId);
  }
}
