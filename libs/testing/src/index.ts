export * from './in-memory-event-store.js';
export * from './virtual-clock.js';
export { noFaults, rough, type Faults } from './simulation/faults.js';
export { simulate, type SimulationOptions, type SimulationOutcome } from './simulation/world.js';
