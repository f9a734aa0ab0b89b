import { isDeepStrictEqual } from 'node:util';
import { DatabaseSync, type StatementSync } from 'node:sqlite';

export type Action = 'reserve' | 'score' | 'charge' | 'ship' | 'release' | 'refund';

/** What a service is asked to do. */
export interface ServiceCall {
  readonly idempotencyKey: string;
  readonly orderId: string;
  readonly action: Action;
  /** What the call asks for, as JSON: the same key must never come with something else. */
  readonly request: unknown;
}

/** Something that really happened, once. */
export interface Effect {
  /** Counts up in the order in which effects happened. */
  readonly seq: number;
  readonly idempotencyKey: string;
  readonly orderId: string;
  readonly action: Action;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** A call that came in: it had its effect, had it already, or was refused. */
export interface RecordedCall {
  readonly seq: number;
  readonly idempotencyKey: string;
  readonly orderId: string;
  readonly action: Action;
  readonly answer: 'done' | 'repeated' | 'refused';
  /** The process that called. */
  readonly pid: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const schema = `
  CREATE TABLE IF NOT EXISTS effects (
    seq INTEGER PRIMARY KEY,
    idempotency_key TEXT NOT NULL UNIQUE,
    order_id TEXT NOT NULL,
    action TEXT NOT NULL,
    request TEXT NOT NULL,
    result TEXT NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS effects_by_order ON effects (order_id);
  CREATE TABLE IF NOT EXISTS calls (
    seq INTEGER PRIMARY KEY,
    idempotency_key TEXT NOT NULL,
    order_id TEXT NOT NULL,
    action TEXT NOT NULL,
    answer TEXT NOT NULL,
    pid INTEGER NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;
`;

/** How long a writer waits for another process that writes to the same file. */
const busyMsMax = 5_000;

/**
 * The books of the shop's services, which know nothing of the engine: what happened in the world, one row an effect,
 * under the idempotency key with which it was asked for; and every call, so that repeats can be counted.
 */
export class Ledger implements Disposable {
  readonly #findEffect: StatementSync;
  readonly #insertEffect: StatementSync;
  readonly #insertCall: StatementSync;

  private constructor(readonly database: DatabaseSync) {
    this.#findEffect = database.prepare('SELECT action, request, result FROM effects WHERE idempotency_key = ?');
    this.#insertEffect = database.prepare(
      'INSERT INTO effects (idempotency_key, order_id, action, request, result, at) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.#insertCall = database.prepare(
      'INSERT INTO calls (idempotency_key, order_id, action, answer, pid, at) VALUES (?, ?, ?, ?, ?, ?)',
    );
  }

  /** @param file made if it isn't there; `:memory:` for books that nobody keeps */
  static open(file: string): Ledger {
    const database = new DatabaseSync(file, { timeout: busyMsMax });
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    database.exec(schema);
    return new Ledger(database);
  }

  /**
   * Has the effect and records it with its result, both or neither. A repeated key gets the first call's result and has
   * no effect.
   * @param work what the service does to its own tables; when it throws, nothing has happened
   * @throws Error the key was used for something else
   */
  perform<Result>(call: ServiceCall, work: () => Result): Result {
    this.database.exec('BEGIN IMMEDIATE');
    try {
      const first = this.#findEffect.get(call.idempotencyKey);
      // What is on record under this key came from this same work.
      const result = first === undefined ? this.#performFirst(call, work) : (this.#repeat(call, first) as Result);
      this.database.exec('COMMIT');
      return result;
    } catch (error) {
      this.database.exec('ROLLBACK');
      this.refuse(call);
      throw error;
    }
  }

  /** Records a call that the service turned down. */
  refuse(call: ServiceCall): void {
    this.#record(call, 'refused');
  }

  /** In the order in which they happened. */
  effects(): readonly Effect[] {
    // Its columns are those of the interface, by the schema above.
    return this.database
      .prepare(
        'SELECT seq, idempotency_key AS idempotencyKey, order_id AS orderId, action, at FROM effects ORDER BY seq',
      )
      .all() as unknown as Effect[];
  }

  /** In the order in which they came. */
  calls(): readonly RecordedCall[] {
    return this.database
      .prepare(
        'SELECT seq, idempotency_key AS idempotencyKey, order_id AS orderId, action, answer, pid, at FROM calls ORDER BY seq',
      )
      .all() as unknown as RecordedCall[];
  }

  [Symbol.dispose](): void {
    this.database.close();
  }

  #performFirst<Result>(call: ServiceCall, work: () => Result): Result {
    const result = work();
    const { idempotencyKey, orderId, action, request } = call;
    this.#insertEffect.run(
      idempotencyKey,
      orderId,
      action,
      JSON.stringify(request),
      JSON.stringify(result),
      Date.now(),
    );
    this.#record(call, 'done');
    return result;
  }

  #repeat(call: ServiceCall, first: Record<string, unknown>): unknown {
    const isSame = first['action'] === call.action && isDeepStrictEqual(parse(first['request']), plain(call.request));
    if (!isSame) throw new Error(`Key ${call.idempotencyKey} was used before, for something else.`);
    this.#record(call, 'repeated');
    return parse(first['result']);
  }

  #record({ idempotencyKey, orderId, action }: ServiceCall, answer: RecordedCall['answer']): void {
    this.#insertCall.run(idempotencyKey, orderId, action, answer, process.pid, Date.now());
  }
}

function parse(json: unknown): unknown {
  return JSON.parse(String(json));
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
