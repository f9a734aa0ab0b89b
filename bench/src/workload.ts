import type { StoreKind } from './engine/store-kind.js';

/** What tells one measurement of a workload from another; part of the JSON as it stands. */
export interface Setting {
  readonly store?: StoreKind | 'memory';
  readonly client?: 'in-process' | 'http';
  readonly concurrency?: number;
  readonly steps?: number;
}

/** Numbers by name; the end of a name gives the unit: `PerSecond`, `Ms`, `Us`, `Bytes`, else a count. */
export type Figures = Readonly<Record<string, number>>;

/** One measurement, in a process of its own. */
export interface Job {
  readonly setting: Setting;
  readonly seconds: number;
  /** Empty, on the disk of the repository, removed afterwards. */
  readonly folder: string;
  readonly progress: (what: string) => void;
  /** Wraps the measured part, and nothing else: a profile covers it alone. */
  measured<Outcome>(work: () => Promise<Outcome>): Promise<Outcome>;
}

export interface Workload {
  readonly name: string;
  readonly title: string;
  readonly settings: readonly Setting[];
  /** The settings with `sqlite` can be had on EventStoreDB, too. */
  readonly runsOnServer?: true;
  /** @throws Error when a result is wrong */
  run(job: Job): Promise<Figures>;
}

/** Before every measured time, so that code is compiled and caches are filled. */
export const warmUpSeconds = 3;
