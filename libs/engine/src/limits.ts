import type { Millis } from '@fermata/kernel';
import { payloadBytesMaxDefault } from '@fermata/kernel';

/** Every bound of a node, with its unit. What is full says so (`OVERLOADED`) before memory grows. */
export interface EngineLimits {
  /** Steps that run at the same time. They mostly wait for others, so there may be many. */
  readonly stepsRunningMax: number;
  /** One payload as JSON in UTF-8. */
  readonly payloadBytesMax: number;
  /** Commands from outside that wait for their append. */
  readonly commandsWaitingMax: number;
  /** How long a caller waits for its command's append before it is told that the outcome isn't known. */
  readonly commandMsMax: Millis;
  /** Runs in memory together, estimated from their histories. */
  readonly runsBytesMax: number;
  /** A run that nothing happened to for this long leaves memory. */
  readonly runIdleMs: Millis;
  /** Timers and retries due within this time are held in memory; later ones stay in the read model. */
  readonly wakeUpHorizonMs: Millis;
  /** How long a stop waits for running steps before it aborts them. */
  readonly stopGraceMs: Millis;
}

/** Encoded in base64 such a payload still fits one append. */
export const codedPayloadBytesMax = 670_000;

export const defaultLimits: EngineLimits = {
  stepsRunningMax: 1_000,
  payloadBytesMax: payloadBytesMaxDefault,
  commandsWaitingMax: 20_000,
  commandMsMax: 5_000,
  runsBytesMax: 256 * 1024 * 1024,
  runIdleMs: 10_000,
  wakeUpHorizonMs: 60_000,
  stopGraceMs: 5_000,
};
