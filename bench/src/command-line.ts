import { parseArgs } from 'node:util';
import type { StoreKind } from './engine/store-kind.js';

export interface BenchOptions {
  /** Empty: all. */
  readonly workloads: readonly string[];
  readonly store: StoreKind;
  readonly seconds: number;
  /** Where to write the figures as JSON. */
  readonly json?: string;
  readonly isProfiled: boolean;
  /** Only settings of this client. */
  readonly client?: string;
  /** Only settings with so many in flight. */
  readonly concurrency?: number;
}

const usage =
  'npm run bench -- [workload…] [--store sqlite|eventstoredb] [--seconds N] [--json FILE] [--client in-process|http] [--concurrency N] [--profile]';

const stores: readonly StoreKind[] = ['sqlite', 'eventstoredb'];

const secondsDefault = 15;

/** @throws Error that says what is wrong with the arguments, and how they should be */
export function parseCommandLine(args: readonly string[], known: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      store: { type: 'string', default: 'sqlite' },
      seconds: { type: 'string', default: String(secondsDefault) },
      json: { type: 'string' },
      client: { type: 'string' },
      concurrency: { type: 'string' },
      profile: { type: 'boolean', default: false },
    },
  });
  const workloads = positionals.map((name) => name.toUpperCase());
  const unknown = workloads.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw wrong(`There is no workload ${unknown.join(', ')}; there are ${known.join(', ')}.`);
  const store = stores.find((kind) => kind === values.store);
  if (store === undefined) throw wrong(`There is no store "${values.store}" here; there are ${stores.join(', ')}.`);
  return {
    workloads,
    store,
    seconds: positive('seconds', values.seconds),
    isProfiled: values.profile,
    ...(values.json !== undefined && { json: values.json }),
    ...(values.client !== undefined && { client: values.client }),
    ...(values.concurrency !== undefined && { concurrency: positive('concurrency', values.concurrency) }),
  };
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw wrong(`--${option} takes a positive number, not "${text}".`);
  return value;
}

function wrong(message: string): Error {
  return new Error(`${message}\n${usage}`);
}
