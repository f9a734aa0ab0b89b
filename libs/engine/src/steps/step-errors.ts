import { FermataError } from '@fermata/kernel';

export function stepTimedOut(name: string, what: string, ms: number): FermataError {
  return new FermataError('STEP_TIMED_OUT', {
    message: `${what} of step "${name}" took longer than ${ms} ms.`,
    fix: 'Raise the time-out, or let the work end sooner when its signal aborts.',
  });
}

export function heartbeatMissed(name: string, ms: number): FermataError {
  return new FermataError('HEARTBEAT_MISSED', {
    message: `An attempt of step "${name}" gave no heartbeat for ${ms} ms.`,
    fix: 'Call step.heartbeat() more often, or raise heartbeatTimeout.',
  });
}

export function stepOutcomeUnknown(name: string): FermataError {
  return new FermataError('STEP_OUTCOME_UNKNOWN', {
    message: `Step "${name}" must not run twice, and its node died or stopped while it ran: nobody knows whether it took effect.`,
    fix: 'Look at the system that it calls, and go on in a catch or a fallback.',
  });
}

export function nodeStopping(): FermataError {
  return new FermataError('ENGINE_STOPPED', {
    message: 'This node is stopping (shutdown).',
    fix: 'Nothing: the step is run again on another node or after the start, and this attempt does not count.',
  });
}
