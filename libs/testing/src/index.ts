export * from './in-memory-event-store.js';
export * from './virtual-clock.js';
export * from './test-fermata/create-test-fermata.js';
export { StalledError } from './test-fermata/stalled-error.js';
export type { StepMocks } from './test-fermata/step-mocks.js';
export { noFaults, rough, type Faults } from './simulation/faults.js';
export { simulate, type SimulationOptions, type SimulationOutcome } from './simulation/world.js';
