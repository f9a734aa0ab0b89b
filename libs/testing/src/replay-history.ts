import {
  createRunHost,
  endOfTurn,
  fromStoredEvent,
  installDeterminism,
  type HistoryEventView,
  type HistoryPage,
  type RevisedEvent,
  type SchemaOf,
  type StoredEvent,
} from '@fermata/engine';
import {
  isStandardSchema,
  registerDefinition,
  replay,
  targetOfStream,
  WorkflowRun,
  type Decision,
  type ExecutionTarget,
  type FermataError,
  type RegisteredWorkflow,
  type SchemaClass,
  type WorkflowStarted,
} from '@fermata/kernel';
import type { AnyWorkflow } from '@fermata/sdk';

/** What `GET /v1/executions/{workflowId}/history` answers, `handle.history()` gives, or an event store holds. */
export type StoredHistory =
  Pick<HistoryPage, 'namespace' | 'workflowId' | 'events'> | readonly (StoredEvent | HistoryEventView)[];

export interface ReplayHistoryOptions {
  /** Where the history doesn't say whose it is: child workflows have IDs made of it. */
  readonly target?: ExecutionTarget;
  /** Makes a schema of a class with validation decorators. */
  readonly schemaOf?: SchemaOf;
}

export interface ReplayedHistory {
  /** Whether each run of it replays without fault. */
  readonly ok: boolean;
  /** The first fault: both sides, the place in the history and the line in the code. */
  readonly fault?: FermataError;
  /** What the code of the newest run decides beyond the history: it would be appended if a node took up the run now. */
  readonly leftover: readonly Decision[];
}

/**
 * Runs workflow code over a stored history, as a node does that takes the execution up: in memory, without doing any
 * step. For a test that stands before a deploy: what was recorded must replay with the new code.
 * @throws Error the history doesn't begin with the start of a run
 * @throws FermataError `NONDETERMINISM`: it holds an event that this version of Fermata doesn't know
 */
export async function replayHistory(
  workflow: AnyWorkflow | RegisteredWorkflow,
  history: StoredHistory,
  options: ReplayHistoryOptions = {},
): Promise<ReplayedHistory> {
  installDeterminism();
  const registered = 'create' in workflow ? workflow : registerDefinition(workflow);
  const target = options.target ?? targetOf(history);
  let leftover: readonly Decision[] = [];
  for (const events of runsIn(history)) {
    const run = openRun(registered, { target, schemaOf: options.schemaOf }, events);
    await replay(run, events, endOfTurn);
    if (run.fault) return { ok: false, fault: run.fault, leftover: [] };
    leftover = run.takeDecisions();
  }
  return { ok: true, leftover };
}

interface Surroundings {
  readonly target: ExecutionTarget;
  readonly schemaOf: SchemaOf | undefined;
}

function openRun(
  workflow: RegisteredWorkflow,
  { target, schemaOf }: Surroundings,
  events: readonly RevisedEvent[],
): WorkflowRun {
  const { runId, workflowType } = startOf(events);
  const patchesMarked = new Set(events.flatMap(({ event }) => (event.type === 'PatchMarked' ? [event.patchId] : [])));
  const host = createRunHost({
    captureSites: true,
    payloadBytesMax: Infinity,
    ...(schemaOf && {
      schemaOf: (schema) => (isStandardSchema(schema) ? schema : schemaOf(schema as SchemaClass<object>)),
    }),
  });
  return new WorkflowRun({ ...target, runId, workflowType }, workflow, host, { patchesMarked });
}

function startOf(events: readonly RevisedEvent[]): WorkflowStarted {
  const first = events[0]?.event;
  if (first?.type === 'WorkflowStarted') return first;
  throw new Error('A history to be replayed begins with WorkflowStarted: read it from its first event.');
}

/** The runs that follow one another in it. */
function runsIn(history: StoredHistory): readonly (readonly RevisedEvent[])[] {
  const runs: RevisedEvent[][] = [];
  for (const revised of eventsIn(history).map(toRevised)) {
    const current = runs.at(-1);
    if (revised.event.type === 'WorkflowStarted' || !current) runs.push([revised]);
    else current.push(revised);
  }
  if (runs.length === 0) throw new Error('The history is empty.');
  return runs;
}

function eventsIn(history: StoredHistory): readonly (StoredEvent | HistoryEventView)[] {
  return 'events' in history ? history.events : history;
}

function toRevised(event: StoredEvent | HistoryEventView): RevisedEvent {
  if ('stream' in event) return fromStoredEvent(event);
  const { revision, position, type, version } = event;
  // As the log held them, by way of JSON.
  const { data, metadata } = event as Pick<StoredEvent, 'data' | 'metadata'>;
  const timestamp = Date.parse(event.timestamp);
  return fromStoredEvent({
    id: '',
    stream: 'this history',
    revision,
    position,
    type,
    version,
    timestamp,
    data,
    metadata,
  });
}

function targetOf(history: StoredHistory): ExecutionTarget {
  if ('events' in history) return { namespace: history.namespace, workflowId: history.workflowId };
  const [first] = history;
  const target = first && 'stream' in first ? targetOfStream(first.stream) : undefined;
  return target ?? { namespace: 'default', workflowId: 'replayed' };
}
