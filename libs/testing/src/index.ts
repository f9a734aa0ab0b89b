export * from './in-memory-event-store.js';
export * from './virtual-clock.js';
export * from './matchers/fermata-matchers.js';
export * from './simulate-workflow/simulate-workflow.js';
export type { SimulatedSignal } from './simulate-workflow/workflow-world.js';
export * from './test-fermata/create-test-fermata.js';
export { StalledError } from './test-fermata/stalled-error.js';
export type { StepMocks } from './test-fermata/step-mocks.js';
export { noFaults, rough, type Faults } from './simulation/faults.js';
export { simulate, type SimulationOptions, type SimulationOutcome } from './simulation/world.js';
export {
  replayHistory,
  type ReplayedHistory,
  type ReplayHistoryOptions,
  type StoredHistory,
} from './replay-history.js';
export { toReplay, type Matched } from './to-replay.js';
