import { AsyncLocalStorage } from 'node:async_hooks';
import type { RunHost, WorkflowRun } from '@fermata/kernel';

type Surroundings = { readonly run: WorkflowRun; readonly step?: undefined } | { readonly step: string; readonly run?: undefined };

const storage = new AsyncLocalStorage<Surroundings>();

/** The run whose workflow code is calling, if any. */
export function currentRun(): WorkflowRun | undefined {
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

export function createRunHost(options: { readonly captureSites: boolean; readonly payloadBytesMax: number }): RunHost {
  return {
    ...options,
    enter: (run, call) => storage.run({ run }, call),
    currentStep: () => storage.getStore()?.step,
  };
}
