import { setTimeout as pause } from 'node:timers/promises';

/** The time that a message takes to a service or back. */
export type Latency = () => Promise<void>;

export const noLatency: Latency = () => Promise.resolve();

/** Uniform between the two. */
export function latencyBetween(msMin: number, msMax: number): Latency {
  return () => pause(msMin + Math.random() * (msMax - msMin));
}
