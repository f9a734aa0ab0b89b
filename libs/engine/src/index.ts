export * from './clock/clock.js';
export * from './clock/random.js';
export * from './event-store/event-id.js';
export * from './event-store/event-store.js';
export * from './event-store/store-errors.js';
export * from './read-model/read-model.js';
