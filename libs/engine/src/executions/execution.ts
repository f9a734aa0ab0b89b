import {
  FermataError,
  isFermataError,
  type EpochMs,
  type ExecutionEvent,
  type ExecutionTarget,
  type Millis,
  type RunHost,
  type RunId,
} from '@fermata/kernel';
import type { Position, StreamId } from '../event-store/event-store.js';
import type { EngineLimits } from '../limits.js';
import type { Logger } from '../logging/logger.js';
import { breathingEndOfTurn } from '../turns/breathing-end-of-turn.js';
import { endOfTurn } from '../turns/end-of-turn.js';
import { appendDurably, type AppendParts } from './append-durably.js';
import type { Committed } from './committed.js';
import { ExecutionMemory, type ExecutionMemoryParts } from './execution-memory.js';
import { readHistory } from './read-history.js';
import { Input, type Decide, type InputOptions } from './input.js';

/** What follows from durable events outside of the run: the only way in which anything leaves it. */
export interface Effects {
  /** The events are durable. */
  committed(execution: Execution, memory: ExecutionMemory, batch: DurableBatch, position: Position): void;
  /** The execution was brought into memory: what is pending has to be under way again. */
  resumed(execution: Execution, memory: ExecutionMemory): void;
}

export interface ExecutionParts extends AppendParts, Omit<ExecutionMemoryParts, 'target'> {
  readonly effects: Effects;
  /** Finds the place in the code, at the cost of a slow replay. */
  readonly locatingHost: RunHost;
  readonly limits: EngineLimits;
  readonly logger: Logger;
  readonly isStopped: () => boolean;
}

export interface DurableBatch {
  readonly events: readonly ExecutionEvent[];
  /** The run that was the newest before these events. */
  readonly runIdBefore: RunId | undefined;
}

interface Batch extends DurableBatch {
  readonly inputs: readonly Input[];
  readonly at: EpochMs;
}

interface Loaded {
  readonly memory: ExecutionMemory;
  readonly isFromLog: boolean;
}

interface Reader {
  serve(memory: ExecutionMemory): void;
  fail(error: unknown): void;
}

/**
 * One execution's inbox and its work, one batch at a time: what has come in is decided, its turns are run ahead in
 * memory, and everything goes into one append. Answers and effects wait for that append; if it is refused the memory is
 * thrown away, the log is replayed and the same inputs are decided anew (DESIGN §5).
 */
export class Execution {
  /** When something last happened to it. */
  usedAt: EpochMs;
  #inbox: Input[] = [];
  #memory: ExecutionMemory | undefined;
  #position: Position = 0;
  #isWorking = false;
  #isWakeWanted = false;
  /** Set once an append that took it for new was refused: from then on it is read first. */
  #isKnownToExist = false;
  readonly #readers: Reader[] = [];

  constructor(
    readonly stream: StreamId,
    readonly target: ExecutionTarget,
    private readonly parts: ExecutionParts,
  ) {
    this.usedAt = parts.clock.now();
  }

  /** The execution as it is in memory and durable; nothing while it isn't in memory or is ahead of the log. */
  get settled(): ExecutionMemory | undefined {
    return this.#isWorking ? undefined : this.#memory;
  }

  /** The newest run that memory knows of. */
  get runId(): RunId | undefined {
    return this.#memory?.runId;
  }

  get isIdle(): boolean {
    return !this.#isWorking;
  }

  get bytes(): number {
    return this.#memory?.bytes ?? 0;
  }

  /** Decides on the command in its turn; resolves when what follows from it is durable, rejects when it is refused. */
  submit<Answer>(decide: Decide<Answer>, options: InputOptions): Promise<Committed<Answer>> {
    const input = new Input(decide, options);
    this.#inbox.push(input);
    this.#work();
    return input.committed;
  }

  /** Brings the execution into memory, so that what is pending goes on. */
  wake(): void {
    this.#isWakeWanted = true;
    this.#work();
  }

  /** Reads the execution as it is when its present work is done. */
  read<Result>(reader: (memory: ExecutionMemory, position: Position) => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#readers.push({
        serve: (memory) => {
          try {
            resolve(reader(memory, this.#position));
          } catch (error) {
            reject(error);
          }
        },
        fail: reject,
      });
      this.#work();
    });
  }

  #work(): void {
    if (this.#isWorking) return;
    this.#isWorking = true;
    // A turn must begin in a microtask; and what else comes in now goes into the same append.
    queueMicrotask(() => void this.#drain());
  }

  async #drain(): Promise<void> {
    while (this.#inbox.length > 0 || this.#isWakeWanted || this.#readers.length > 0) {
      this.#isWakeWanted = false;
      const inputs = this.#inbox;
      this.#inbox = [];
      await this.#commit(inputs);
      this.#serveReaders();
    }
    this.usedAt = this.parts.clock.now();
    this.#isWorking = false;
  }

  #serveReaders(): void {
    for (const reader of this.#readers.splice(0)) {
      if (this.#memory) reader.serve(this.#memory);
      else reader.fail(engineStopped());
    }
  }

  async #commit(inputs: readonly Input[]): Promise<void> {
    try {
      while (!(await this.#tryCommit(inputs)));
    } catch (error) {
      this.#memory = undefined;
      const { logger } = this.parts;
      if (!isFermataError(error, 'ENGINE_STOPPED')) {
        logger.error({ stream: this.stream, err: error }, 'execution could not take its inputs');
      }
      for (const input of inputs) input.fail(error);
    }
  }

  /** False: somebody else appended first, and the inputs have to be decided again on what the log says now. */
  async #tryCommit(inputs: readonly Input[]): Promise<boolean> {
    const { memory, isFromLog } = this.#memory ? { memory: this.#memory, isFromLog: false } : await this.#load(inputs);
    const batch = await this.#runAhead(memory, inputs);
    // The append has to say where in the code it happened: once more, slowly.
    if (wantsSite(memory)) return this.#tryCommitLocated(inputs);
    return this.#commitBatch(memory, batch, { isFromLog });
  }

  async #tryCommitLocated(inputs: readonly Input[]): Promise<boolean> {
    const memory = await this.#replayOn(this.parts.locatingHost);
    return this.#commitBatch(memory, await this.#runAhead(memory, inputs), { isFromLog: true });
  }

  async #commitBatch(
    memory: ExecutionMemory,
    batch: Batch,
    { isFromLog }: { readonly isFromLog: boolean },
  ): Promise<boolean> {
    const { inputs } = batch;
    this.#memory = memory;
    try {
      await this.#append(memory, batch);
    } catch (error) {
      if (!isFermataError(error, 'REVISION_CONFLICT')) throw error;
      this.#memory = undefined;
      this.#isKnownToExist = true;
      return false;
    }
    if (this.parts.isStopped()) throw engineStopped();
    this.parts.effects.committed(this, memory, batch, this.#position);
    if (isFromLog) this.parts.effects.resumed(this, memory);
    for (const input of inputs) input.settle(this.#position);
    return true;
  }

  async #load(inputs: readonly Input[]): Promise<Loaded> {
    const isNew = !this.#isKnownToExist && inputs.length > 0 && inputs.every((input) => input.options.isOpening);
    if (isNew) return { memory: this.#emptyMemory(this.parts.host), isFromLog: false };
    const memory = await this.#replayOn(this.parts.host);
    return { memory: wantsSite(memory) ? await this.#replayOn(this.parts.locatingHost) : memory, isFromLog: true };
  }

  #emptyMemory(host: RunHost): ExecutionMemory {
    return new ExecutionMemory({ ...this.parts, host, target: this.target });
  }

  async #replayOn(host: RunHost): Promise<ExecutionMemory> {
    const memory = this.#emptyMemory(host);
    await this.#replayInto(memory);
    return memory;
  }

  async #replayInto(memory: ExecutionMemory): Promise<void> {
    const endOfTurn = breathingEndOfTurn();
    const history = await readHistory(this.parts.store, this.stream);
    for await (const page of history.pages()) await memory.replay(page, history, endOfTurn);
    if (!history.last) return;
    memory.revision = history.last.revision;
    this.#position = history.last.position;
  }

  async #runAhead(memory: ExecutionMemory, inputs: readonly Input[]): Promise<Batch> {
    const at = this.parts.clock.now();
    const runIdBefore = memory.runId;
    const events: ExecutionEvent[] = memory.isLevel ? [] : [...(await memory.takeLeftovers(at, endOfTurn))];
    for (const input of inputs) {
      const verdict = input.decide(memory);
      if ('refused' in verdict) continue;
      const pinned = memory.state.status === 'running' ? memory.pinnedElsewhere : undefined;
      if (pinned && verdict.accepted.length > 0) {
        input.refuse(pinned);
        continue;
      }
      for (const event of verdict.accepted) events.push(...(await memory.advance(event, at, endOfTurn)));
    }
    return { inputs, events, runIdBefore, at };
  }

  async #append(memory: ExecutionMemory, { inputs, events, at }: Batch): Promise<void> {
    if (events.length === 0) return;
    const { revision, position } = await appendDurably(this.parts, {
      stream: this.stream,
      events,
      expected: memory.revision,
      at,
      beforeRetry: (sinceMs, error) => this.#beforeRetry(inputs, sinceMs, error),
    });
    memory.revision = revision;
    this.#position = position;
  }

  #beforeRetry(inputs: readonly Input[], sinceMs: Millis, error: unknown): void {
    const { isStopped, limits, logger } = this.parts;
    if (isStopped()) throw engineStopped();
    logger.warn({ stream: this.stream, sinceMs, err: error }, 'append not answered, repeating it');
    if (sinceMs < limits.commandMsMax) return;
    // Those under way may still be written; those not yet begun never will be.
    for (const input of inputs) if (input.options.isFromOutside) input.fail(error);
    for (const input of this.#inbox) if (input.options.isFromOutside) input.fail(error);
    this.#inbox = this.#inbox.filter((input) => !input.options.isFromOutside);
  }
}

/** The run is at fault and its place in the code isn't known, because nobody looked. */
function wantsSite({ run }: ExecutionMemory): boolean {
  if (!run?.fault || run.capturesSites) return false;
  return run.fault.code === 'NONDETERMINISM' || (run.fault.code === 'FOREIGN_PROMISE' && !run.fault.details?.['site']);
}

export function engineStopped(): FermataError {
  return new FermataError('ENGINE_STOPPED', {
    message: 'This node is stopping.',
    fix: 'Repeat the request on another node, or when it is up again.',
  });
}
