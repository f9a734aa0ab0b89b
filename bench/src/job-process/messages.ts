import type { Figures, Setting } from '../workload.js';

/** What the child is told, as its one argument. */
export interface JobOrder {
  readonly workload: string;
  readonly setting: Setting;
  readonly seconds: number;
  readonly folder: string;
  /** Where to write a CPU profile of the measured time. */
  readonly profile?: string;
}

/** What the child says. An error isn't a message: the child writes it out and ends with another code than 0. */
export type JobMessage = { readonly progress: string } | { readonly figures: Figures };
