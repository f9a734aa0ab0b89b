import { AsyncLocalStorage } from 'node:async_hooks';
import { bareHost, type RunHost, type SurroundingRun } from '@fermata/kernel';

type Surroundings =
  { readonly run: SurroundingRun; readonly step?: undefined } | { readonly step: string; readonly run?: undefined };

const storage = new AsyncLocalStorage<Surroundings>();

/** The run whose workflow code is calling, if any. */
export function currentRun(): SurroundingRun | undefined {
  return storage.getStore()?.run;
}

/** Calls a step's function: outside any workflow, and known as that step. */
export function enterStep<T>(step: string, call: () => T): T {
  return storage.run({ step }, call);
}

/** Calls with neither a run nor a step around it. */
export function leaveRun<T>(call: () => T): T {
  return storage.exit(call);
}

export type RunHostOptions = Pick<RunHost, 'captureSites' | 'payloadBytesMax'> &
  Partial<Pick<RunHost, 'schemaOf' | 'sendSignal' | 'faultedBetweenTurns'>>;

export function createRunHost(options: RunHostOptions): RunHost {
  const { faultedBetweenTurns = bareHost.faultedBetweenTurns } = options;
  return {
    ...bareHost,
    ...options,
    // Workflow code may have called what found the fault; the node's own work that follows is none of the run's.
    faultedBetweenTurns: (address) => leaveRun(() => faultedBetweenTurns(address)),
    enter: (run, call) => storage.run({ run }, call),
    currentStep: () => storage.getStore()?.step,
  };
}
