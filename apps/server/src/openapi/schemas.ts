import { conflictPolicies, idReusePolicies } from '@fermata/kernel';

type JsonSchema = Readonly<Record<string, unknown>>;

const text = { type: 'string' };
const count = { type: 'integer', minimum: 0 };
const time = { type: 'string', format: 'date-time' };
const anything = { description: 'Any JSON value.' };
const record = { type: 'object', additionalProperties: true };
const position = {
  ...count,
  description: 'A place in the log: a read with `position` sees at least what is durable up to it.',
};
const runStatus = {
  type: 'string',
  enum: [
    'running',
    'completed',
    'failed',
    'cancelled',
    'terminated',
    'timed-out',
    'continued-as-new',
    'paused',
    'stuck',
  ],
};

/** An object that has nothing but these; names that end in `?` may be missing. */
function shape(properties: Readonly<Record<string, JsonSchema>>, description?: string): JsonSchema {
  const entries = Object.entries(properties);
  return {
    type: 'object',
    ...(description !== undefined && { description }),
    properties: Object.fromEntries(entries.map(([name, schema]) => [name.replace('?', ''), schema])),
    required: entries.map(([name]) => name).filter((name) => !name.endsWith('?')),
    additionalProperties: false,
  };
}

function listOf(items: JsonSchema): JsonSchema {
  return { type: 'array', items };
}

const duration = {
  oneOf: [text, count],
  description: 'A number with a unit, such as `30s` or `2 days`, or milliseconds.',
};

const retry = shape(
  {
    'maxAttempts?': { type: 'integer', minimum: 1 },
    'initialInterval?': duration,
    'backoff?': { type: 'number', minimum: 1, maximum: 100 },
    'maxInterval?': duration,
    'nonRetryable?': { type: 'array', items: text, description: 'Error codes and types.' },
  },
  'How often the execution is tried again, in new runs, when it fails. Default: not at all.',
);

const token = { ...text, description: 'As the step gave it.' };

const ref = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` });

const summary = {
  workflowId: text,
  runId: text,
  workflowType: text,
  status: runStatus,
  startedAt: time,
  'closedAt?': time,
  historyLength: count,
};

const wait = shape({
  kind: { type: 'string', enum: ['step', 'timer', 'signal', 'child', 'condition'] },
  name: text,
  since: time,
  'until?': time,
});

const pendingStep = shape({
  stepId: count,
  name: text,
  state: { type: 'string', enum: ['scheduled', 'running', 'retrying'] },
  attempt: { type: 'integer', minimum: 1 },
  'nextAttemptAt?': time,
  'lastError?': text,
});

const historyEvent = shape({
  revision: count,
  position,
  type: text,
  version: { type: 'integer', minimum: 1, description: "Of the event's schema." },
  timestamp: time,
  data: { ...record, description: 'As recorded: values that JSON lacks are tagged objects.' },
  metadata: record,
});

const span = shape({
  spanId: text,
  'parentSpanId?': text,
  name: text,
  kind: { type: 'string', enum: ['run', 'step', 'attempt', 'timer', 'signal'] },
  startedAt: time,
  'endedAt?': time,
  status: { type: 'string', enum: ['open', 'ok', 'failed', 'cancelled', 'timed-out'] },
  attributes: record,
});

/** Every body that the server takes or gives. */
export const schemas = {
  StartExecution: shape({
    workflowType: text,
    'workflowId?': { ...text, description: 'Default: the requestId, or a new UUID.' },
    'input?': anything,
    'requestId?': { ...text, description: 'Makes a repeat of the start answer with the first run.' },
    'idReusePolicy?': { type: 'string', enum: idReusePolicies, default: 'allow-duplicate' },
    'conflictPolicy?': { type: 'string', enum: conflictPolicies, default: 'fail' },
    'memo?': { ...anything, description: 'Shown to operators; of no meaning to the engine.' },
    'startDelay?': { ...duration, description: 'The code begins no sooner than this.' },
    'runTimeout?': { ...duration, description: 'How long each run may take.' },
    'executionTimeout?': { ...duration, description: 'How long the execution may take with all its runs.' },
    'retry?': retry,
  }),
  Started: shape({ workflowId: text, runId: text, position, created: { type: 'boolean' } }),
  EndExecution: shape({ 'reason?': text, 'runId?': { ...text, description: 'Only if this is the run.' } }),
  Accepted: shape({ position }),
  Execution: shape({
    ...summary,
    input: anything,
    'result?': anything,
    'failure?': ref('Failure'),
    waits: listOf(wait),
    pendingSteps: listOf(pendingStep),
    searchAttributes: record,
    memo: { description: 'Null where none was given.' },
    children: listOf(record),
    buildId: { type: ['string', 'null'] },
    position,
  }),
  ExecutionList: shape({ items: listOf(shape({ ...summary, 'buildId?': text })), 'nextCursor?': text, position }),
  History: shape({ namespace: text, workflowId: text, runId: text, events: listOf(historyEvent), 'nextFrom?': count }),
  Trace: shape({ spans: listOf(span) }),
  Payload: anything,
  Result: shape({ result: anything }),
  Updated: shape({ result: anything, position }),
  UpdateFailed: shape({ failure: ref('Failure'), position }, 'The run took the update, and its handler failed.'),
  CompleteStep: shape({ token, 'result?': anything }),
  FailStep: shape({
    token,
    'error?': shape({
      'message?': text,
      'type?': { ...text, description: 'The class of the error. Default `Error`.' },
      'code?': text,
      'details?': anything,
      'nonRetryable?': { type: 'boolean', description: 'Trying again is of no use.' },
    }),
  }),
  HeartbeatStep: shape({ token, 'details?': anything }),
  StepProgress: shape({ isCurrent: { type: 'boolean', description: 'Whether the attempt still counts.' } }),
  StillOpen: shape({}, 'The run is still open.'),
  Failure: shape({
    type: text,
    message: text,
    'code?': text,
    'stack?': text,
    'details?': anything,
    'cause?': ref('Failure'),
    'nonRetryable?': { type: 'boolean' },
  }),
  Failed: shape({ failure: ref('Failure') }, 'The run failed, or was cancelled or terminated.'),
  WorkflowTypeList: shape({
    items: listOf(
      shape({
        workflowType: text,
        'input?': { ...record, description: 'JSON Schema.' },
        'output?': { ...record, description: 'JSON Schema.' },
      }),
    ),
  }),
  Health: shape({ status: { type: 'string', enum: ['ok'] } }),
  Problem: shape({
    type: text,
    title: text,
    status: { type: 'integer' },
    code: { ...text, description: 'Stable; docs/reference/errors.md explains each.' },
    detail: text,
    'instance?': text,
    'details?': record,
  }),
} satisfies Record<string, JsonSchema>;

export type SchemaName = keyof typeof schemas;
