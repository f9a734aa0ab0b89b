import {
  Engine,
  installDeterminism,
  type EngineOptions,
  type EventStore,
  type Logger,
  type ReadModel,
} from '@fermata/engine';
import { parseNamespace, registerDefinition, type RegisteredWorkflow, type WorkflowDefinition } from '@fermata/kernel';
import { openSqliteEventStore, openSqliteReadModel } from '@fermata/store-sqlite';
import { FermataClient } from './client.js';
import {
  isEventStoreDbAddress,
  parseSqliteAddress,
  readModelFileBeside,
  readModelFileOf,
  type StoreAddress,
} from './store-address.js';

const storeDefault = 'sqlite:./fermata.db';

/** A definition of any input and output. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- inputs are contravariant: no narrower type takes all
export type AnyWorkflow = WorkflowDefinition<any, any>;

export interface FermataOptions extends Pick<
  EngineOptions,
  | 'limits'
  | 'node'
  | 'buildId'
  | 'schemaOf'
  | 'codec'
  | 'clock'
  | 'random'
  | 'dispatch'
  | 'stepFunction'
  | 'checks'
  | 'onCheckFailed'
> {
  /** Where the log is, or an open event store, which stays its opener's to close. Default `sqlite:./fermata.db`. */
  readonly store?: StoreAddress | EventStore;
  /**
   * Where the read model is, or an open one. It can be deleted at any time. Default: a file beside the store's,
   * `fermata.<namespace>.read-model.db` in the working directory when the log is in EventStoreDB, or in memory beside
   * an open store.
   */
  readonly readModel?: StoreAddress | ReadModel;
  /** Default `default`. */
  readonly namespace?: string;
  readonly workflows?: readonly (AnyWorkflow | RegisteredWorkflow)[];
  readonly logger?: Logger;
}

/** A running node with its client. */
export interface Fermata extends AsyncDisposable {
  readonly client: FermataClient;
  readonly engine: Engine;
  /** Stops taking work, lets running steps end, and closes the stores. */
  close(): Promise<void>;
}

/**
 * Opens the stores and starts a node on them.
 * @throws FermataError `CONFIGURATION_INVALID`; `STORE_IN_USE`, `STORE_NOT_RECOGNISED`, `STORE_CORRUPT`,
 * `STORE_UNAVAILABLE` when the store can't be opened
 */
export async function createFermata(options: FermataOptions = {}): Promise<Fermata> {
  const namespace = parseNamespace(options.namespace ?? 'default');
  await using opened = new AsyncDisposableStack();
  const store = await openStore(options.store ?? storeDefault, namespace, opened);
  const readModel = await openReadModel(options, namespace, opened);
  const fermata = await startOn(options, namespace, { store, readModel });
  const stores = opened.move();
  const close = async (): Promise<void> => {
    await fermata.engine.stop();
    await stores.disposeAsync();
  };
  return { ...fermata, close, [Symbol.asyncDispose]: close };
}

async function openStore(
  store: StoreAddress | EventStore,
  namespace: string,
  opened: AsyncDisposableStack,
): Promise<EventStore> {
  if (typeof store !== 'string') return store;
  if (isEventStoreDbAddress(store)) {
    // Its client isn't loaded for those who don't need it.
    const { openEventStoreDbEventStore } = await import('@fermata/store-eventstoredb');
    return opened.use(await openEventStoreDbEventStore({ connectionString: store, namespace }));
  }
  return opened.use(await openSqliteEventStore({ file: parseSqliteAddress(store, 'store') }));
}

async function openReadModel(
  { store = storeDefault, readModel }: FermataOptions,
  namespace: string,
  opened: AsyncDisposableStack,
): Promise<ReadModel> {
  if (typeof readModel === 'object') return readModel;
  return opened.use(await openSqliteReadModel({ file: readModelFile(store, namespace, readModel) }));
}

function readModelFile(
  store: StoreAddress | EventStore,
  namespace: string,
  readModel: StoreAddress | undefined,
): string {
  if (readModel !== undefined) return parseSqliteAddress(readModel, 'readModel');
  if (typeof store !== 'string') return ':memory:';
  return isEventStoreDbAddress(store)
    ? readModelFileOf(namespace)
    : readModelFileBeside(parseSqliteAddress(store, 'store'));
}

async function startOn(
  options: FermataOptions,
  namespace: string,
  stores: { readonly store: EventStore; readonly readModel: ReadModel },
): Promise<Pick<Fermata, 'client' | 'engine'>> {
  installDeterminism();
  const { workflows = [], ...engineOptions } = options;
  const engine = new Engine({ ...engineOptions, ...stores, workflows: workflows.map(toRegistered) });
  await engine.start();
  return { engine, client: new FermataClient(engine, namespace) };
}

function toRegistered(workflow: AnyWorkflow | RegisteredWorkflow): RegisteredWorkflow {
  return 'create' in workflow ? workflow : registerDefinition(workflow);
}
