import type { HistoryEventView } from '@fermata/engine';
import type { WorkflowHandle } from '@fermata/sdk';

interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/** What `expect` can do with a run's handle after `expect.extend(fermataMatchers)`. */
export interface FermataMatchers {
  /**
   * The run has scheduled steps of that name: so many, or at least one. A step that is tried again counts once.
   * `await expect(run).toHaveStepped('charge card', 1)`
   */
  toHaveStepped(name: string, times?: number): Promise<void>;
  /** The run waits for that at this moment: `await expect(run).toWaitFor('signal', 'approval')`. */
  toWaitFor(kind: 'step' | 'timer' | 'signal' | 'child' | 'condition', name?: string): Promise<void>;
}

type Received = Pick<WorkflowHandle<unknown>, 'workflowId' | 'history' | 'describe'>;

/** Matchers for Jest: `expect.extend(fermataMatchers)`. */
export const fermataMatchers = {
  async toHaveStepped(run: Received, name: string, times?: number): Promise<MatcherResult> {
    const names = (await eventsOf(run)).flatMap(({ type, data }) => (type === 'StepScheduled' ? [nameIn(data)] : []));
    const count = names.filter((each) => each === name).length;
    const wanted = times === undefined ? `step "${name}"` : `${times} times step "${name}"`;
    return {
      pass: times === undefined ? count > 0 : count === times,
      message: () => `Run "${run.workflowId}" was compared with ${wanted}; its steps are ${listed(names)}.`,
    };
  },

  async toWaitFor(run: Received, kind: string, name?: string): Promise<MatcherResult> {
    const { waits } = await run.describe();
    return {
      pass: waits.some((wait) => wait.kind === kind && (name === undefined || wait.name === name)),
      message: () =>
        `Run "${run.workflowId}" was compared with a wait for ${kind} ${name ?? ''}; ` +
        `it waits for ${listed(waits.map((wait) => `${wait.kind} ${wait.name}`.trim()))}.`,
    };
  },
};

async function eventsOf(run: Received): Promise<readonly HistoryEventView[]> {
  const events: HistoryEventView[] = [];
  for (let from: number | undefined = 0; from !== undefined;) {
    const page = await run.history({ from });
    events.push(...page.events);
    from = page.nextFrom;
  }
  return events;
}

function nameIn(data: unknown): string {
  return String((data as { readonly name?: unknown }).name);
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.map((name) => `"${name}"`).join(', ');
}
