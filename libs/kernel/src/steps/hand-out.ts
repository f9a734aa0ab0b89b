import type { EpochMs } from '../duration/duration.js';
import type { PendingStep } from '../execution/state.js';

/** When an attempt that somebody outside has fails, and for want of what; nothing when it has no limit. */
export function handOutEnd(
  step: PendingStep,
): { readonly at: EpochMs; readonly why: 'time' | 'heartbeat' } | undefined {
  const { timeoutAt = Infinity, heartbeatMs = Infinity, aliveAt = Infinity } = step;
  const silentAt = aliveAt + heartbeatMs;
  const at = Math.min(timeoutAt, silentAt);
  return Number.isFinite(at) ? { at, why: timeoutAt <= silentAt ? 'time' : 'heartbeat' } : undefined;
}
