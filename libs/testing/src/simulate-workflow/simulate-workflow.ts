import { toOutcome, type ClosedOutcome, type StoredEvent } from '@fermata/engine';
import {
  decodePayload,
  registerDefinition,
  type Failure,
  type RegisteredWorkflow,
  type WorkflowDefinition,
} from '@fermata/kernel';
import type { AnyWorkflow } from '@fermata/sdk';
import type { StepMocks } from '../test-fermata/step-mocks.js';
import { WorkflowWorld, type SimulatedEnd, type SimulatedSignal } from './workflow-world.js';

export interface SimulateWorkflowOptions<Input, Output> {
  readonly input: Input;
  /** How many seeds, from 1 up, or which. Default 20. */
  readonly seeds?: number | readonly number[];
  /** What runs in place of steps' own functions. */
  readonly steps?: StepMocks;
  /** Messages that the workflow gets. */
  readonly signals?: readonly SimulatedSignal[];
  /** Other workflows that it starts as children. */
  readonly children?: readonly (AnyWorkflow | RegisteredWorkflow)[];
  /** What must hold at the end, whatever happened on the way. What it throws fails the seed. */
  readonly check?: (outcome: SimulatedOutcome<Output>) => void | Promise<void>;
}

/** How the workflow ended under one seed. */
export interface SimulatedOutcome<Output> {
  readonly seed: number;
  readonly status: ClosedOutcome['status'];
  /** Of a run that completed. */
  readonly result?: Output;
  /** Of a run that didn't. */
  readonly failure?: Failure;
  /** How often the engine was killed. */
  readonly crashes: number;
  /** How often the function of each step was called, by name: once at least for each step, and again after a crash. */
  readonly stepCalls: ReadonlyMap<string, number>;
  readonly history: readonly StoredEvent[];
}

/** The workflow didn't stand the crashes, or its end isn't what it must be. */
export class SimulationError extends Error {
  override readonly name = 'SimulationError';

  constructor(
    readonly seed: number,
    workflowType: string,
    cause: unknown,
  ) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`Workflow "${workflowType}" failed under seed ${seed}: ${why}\nRepeat it with seeds: [${seed}].`, { cause });
  }
}

const seedsDefault = 20;

/**
 * Runs a workflow once for each seed, in virtual time, on an engine that is killed and started again after every append,
 * and that reports steps and timers late, out of order and twice. The workflow must close, and its history must replay.
 * Steps' functions are really called, again after each crash that hid how they ended: they must be idempotent, or mocks.
 * @throws SimulationError with the first seed that fails
 */
export async function simulateWorkflow<Input, Output>(
  workflow: WorkflowDefinition<Input, Output>,
  options: SimulateWorkflowOptions<Input, Output>,
): Promise<readonly SimulatedOutcome<Output>[]> {
  const { seeds = seedsDefault, input, steps = {}, signals = [], children = [], check } = options;
  const outcomes: SimulatedOutcome<Output>[] = [];
  const workflows = [registerDefinition(workflow), ...children.map(toRegistered)] as const;
  for (const seed of typeof seeds === 'number' ? Array.from({ length: seeds }, (_, index) => index + 1) : seeds) {
    try {
      const end = await new WorkflowWorld({ seed, workflows, input, steps, signals }).run();
      const outcome = toSimulatedOutcome<Output>(seed, end);
      await check?.(outcome);
      outcomes.push(outcome);
    } catch (error) {
      throw new SimulationError(seed, workflow.type, error);
    }
  }
  return outcomes;
}

function toSimulatedOutcome<Output>(seed: number, { closing, ...rest }: SimulatedEnd): SimulatedOutcome<Output> {
  if (closing.type === 'WorkflowContinuedAsNew') throw new Error('the run that continues another is missing');
  const outcome = toOutcome('', closing);
  // The workflow's own function gave the result, with this type.
  const end =
    outcome.status === 'completed' ? { result: decodePayload(outcome.result) as Output } : { failure: outcome.failure };
  return { seed, status: outcome.status, ...end, ...rest };
}

function toRegistered(workflow: AnyWorkflow | RegisteredWorkflow): RegisteredWorkflow {
  return 'create' in workflow ? workflow : registerDefinition(workflow);
}
