import type { SignalWorkflow } from './signal-workflow.js';
import type { StartWorkflow } from './start-workflow.js';

/** Starts an execution unless it runs, and delivers a signal, both in one append. */
export class SignalWithStart {
  constructor(
    readonly start: StartWorkflow,
    readonly signal: Pick<SignalWorkflow, 'name' | 'payload'> & { readonly requestId?: string },
  ) {}
}
