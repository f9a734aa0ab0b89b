import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect } from '@jest/globals';
import {
  createRunHost,
  endOfTurn,
  fromStoredEvent,
  type EventStore,
  type ReadModel,
  type StoredEvent,
} from '@fermata/engine';
import { registerDefinition, replay, targetOfStream, WorkflowRun, type RegisteredWorkflow } from '@fermata/kernel';
import { createFermata, type AnyWorkflow, type Fermata, type FermataOptions } from '@fermata/sdk';
import { openEventStoreDbEventStore } from '@fermata/store-eventstoredb';
import { openSqliteEventStore, openSqliteReadModel } from '@fermata/store-sqlite';
import { openInMemoryEventStore } from '@fermata/testing';
import { renamedStreams } from './renamed-streams.js';

type Workflow = AnyWorkflow | RegisteredWorkflow;

/** Where a conformance test's executions live; outlasts the nodes that it boots. */
export interface Stage {
  /** Starts a node; one at a time. The options are those of `createFermata`, without stores. */
  boot(
    workflows: readonly Workflow[],
    options?: Omit<FermataOptions, 'store' | 'readModel' | 'workflows'>,
  ): Promise<Fermata>;
  /** Stops the node that runs, cleanly. */
  shutDown(): Promise<void>;
  readonly store: () => EventStore;
}

interface Stores {
  readonly store: EventStore;
  readonly readModel: ReadModel;
  dispose(): Promise<void>;
}

/** A server for the tests: `npm run test:eventstoredb`. */
const eventStoreDb = process.env['FERMATA_EVENTSTOREDB_URL'];

const kinds: readonly { readonly name: string; readonly open: () => Promise<Stores> }[] = [
  { name: 'in memory', open: inMemory },
  { name: 'SQLite', open: inSqlite },
  ...(eventStoreDb === undefined ? [] : [{ name: 'EventStoreDB', open: () => inEventStoreDb(eventStoreDb) }]),
];

/**
 * Runs the tests on each store. After each of them every history that it left is replayed cold, with the workflows of
 * the last node: it must replay without fault. A test that leaves a run stuck on purpose says so by `leavesStuck`.
 */
export function describeConformance(area: string, tests: (stage: Stage, marks: { leavesStuck(): void }) => void): void {
  describe.each(kinds)(`${area}, $name`, ({ open }) => {
    let stores: Stores | undefined;
    let fermata: Fermata | undefined;
    let workflows: readonly Workflow[] = [];
    let mayBeStuck = false;

    beforeEach(async () => {
      stores = await open();
      mayBeStuck = false;
    });

    afterEach(async () => {
      await fermata?.close();
      fermata = undefined;
      const faults = mayBeStuck ? [] : await replayAll(opened(stores).store, workflows);
      await stores?.dispose();
      expect(faults).toEqual([]);
    });

    const stage: Stage = {
      async boot(registered, options = {}) {
        workflows = registered;
        const { store, readModel } = opened(stores);
        fermata = await createFermata({ ...options, store, readModel, workflows: registered });
        return fermata;
      },
      async shutDown() {
        await fermata?.close();
        fermata = undefined;
      },
      store: () => opened(stores).store,
    };
    tests(stage, {
      leavesStuck: () => {
        mayBeStuck = true;
      },
    });
  });
}

/** Looks again and again, with a turn of the event loop in between, until it sees what is wanted. */
export async function until<T>(look: () => Promise<T> | T, isWanted: (seen: T) => boolean, ms = 10_000): Promise<T> {
  for (const end = performance.now() + ms; ;) {
    const seen = await look();
    if (isWanted(seen)) return seen;
    if (performance.now() > end) throw new Error(`not seen in ${ms} ms; last: ${JSON.stringify(seen).slice(0, 2_000)}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** All events of one execution, as stored. */
export async function eventsOf(store: EventStore, workflowId: string): Promise<readonly StoredEvent[]> {
  const events = await readAll(store);
  return events.filter(({ stream }) => targetOfStream(stream)?.workflowId === workflowId);
}

async function readAll(store: EventStore): Promise<readonly StoredEvent[]> {
  const events: StoredEvent[] = [];
  for (;;) {
    const page = await store.readLog({ after: events.at(-1)?.position ?? 0, limit: 1_000 });
    if (page.length === 0) return events;
    events.push(...page);
  }
}

/** Each run's newest history, replayed by itself. */
async function replayAll(store: EventStore, workflows: readonly Workflow[]): Promise<readonly string[]> {
  const runs = new Map<string, StoredEvent[]>();
  for (const stored of await readAll(store)) {
    if (stored.type === 'WorkflowStarted') runs.set(stored.stream, []);
    runs.get(stored.stream)?.push(stored);
  }
  const faults: string[] = [];
  for (const [stream, history] of runs) {
    const fault = await replayOne(stream, history, workflows);
    if (fault !== undefined) faults.push(`${stream}: ${fault}`);
  }
  return faults;
}

async function replayOne(
  stream: string,
  history: readonly StoredEvent[],
  workflows: readonly Workflow[],
): Promise<string | undefined> {
  const events = history.map(fromStoredEvent);
  const started = events[0]?.event;
  const target = targetOfStream(stream);
  if (started?.type !== 'WorkflowStarted' || !target) return undefined;
  const workflow = workflows.map(toRegistered).find(({ type }) => type === started.workflowType);
  if (!workflow) return `its type ${started.workflowType} is not known`;
  const { runId, workflowType } = started;
  const patchesMarked = new Set(events.flatMap(({ event }) => (event.type === 'PatchMarked' ? [event.patchId] : [])));
  const host = createRunHost({ captureSites: true, payloadBytesMax: Infinity });
  const run = new WorkflowRun({ ...target, runId, workflowType }, workflow, host, { patchesMarked });
  await replay(run, events, endOfTurn);
  return run.fault?.message;
}

function toRegistered(workflow: Workflow): RegisteredWorkflow {
  return 'create' in workflow ? workflow : registerDefinition(workflow);
}

async function inMemory(): Promise<Stores> {
  const readModel = await openSqliteReadModel({ file: ':memory:' });
  return { store: openInMemoryEventStore(), readModel, dispose: () => readModel.close() };
}

async function inSqlite(): Promise<Stores> {
  const folder = mkdtempSync(join(tmpdir(), 'fermata-conformance-'));
  const store = await openSqliteEventStore({ file: join(folder, 'log.db') });
  const readModel = await openSqliteReadModel({ file: join(folder, 'read-model.db') });
  const dispose = async (): Promise<void> => {
    await readModel.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { store, readModel, dispose };
}

/** One server serves all tests, each in a namespace of its own. */
async function inEventStoreDb(connectionString: string): Promise<Stores> {
  const namespace = `conformance-${randomUUID()}`;
  const onServer = await openEventStoreDbEventStore({ connectionString, namespace });
  const store = renamedStreams(onServer, { from: 'default', to: namespace });
  const readModel = await openSqliteReadModel({ file: ':memory:' });
  const dispose = async (): Promise<void> => {
    await readModel.close();
    await store.close();
  };
  return { store, readModel, dispose };
}

function opened(stores: Stores | undefined): Stores {
  if (!stores) throw new Error('no stores are open');
  return stores;
}
