import {
  FermataError,
  isFermataError,
  type EpochMs,
  type ExecutionTarget,
  type ExternalSignal,
  type Millis,
  type Payload,
  type RegisteredWorkflow,
  type RunHost,
} from '@fermata/kernel';
import { Children } from './children/children.js';
import { systemClock, type Clock } from './clock/clock.js';
import { systemRandom, type Random } from './clock/random.js';
import { newUuidV7 } from './clock/run-id.js';
import { CodedEventStore } from './codec/coded-event-store.js';
import type { PayloadCodec } from './codec/payload-codec.js';
import type { Dispatch } from './commands/command.js';
import { directDispatch } from './commands/direct-dispatch.js';
import { FireAlarm } from './commands/fire-alarm.js';
import { FireTimer } from './commands/fire-timer.js';
import type { RecordStepOutcome } from './commands/record-step-outcome.js';
import type { RecordStepProgress } from './commands/record-step-progress.js';
import { SignalWorkflow } from './commands/signal-workflow.js';
import { createRunHost } from './determinism/run-storage.js';
import type { EventStore } from './event-store/event-store.js';
import { ExecutionCache } from './executions/execution-cache.js';
import { ExecutionEffects } from './executions/execution-effects.js';
import { engineStopped } from './executions/execution.js';
import { Executions } from './executions/executions.js';
import { codedPayloadBytesMax, defaultLimits, type EngineLimits } from './limits.js';
import { silentLogger, type Logger } from './logging/logger.js';
import { Projector } from './projection/projector.js';
import type { ReadModel } from './read-model/read-model.js';
import { ResultWaiters } from './results/result-waiters.js';
import { Results } from './results/results.js';
import { SchemaReader, type SchemaOf } from './schemas/schema-reader.js';
import type { ChooseStepFunction, FailedCheck, StepChecks } from './steps/step-checks.js';
import { StepRunner } from './steps/step-runner.js';
import { UpdateWaiters } from './updates/update-waiters.js';
import { ExecutionViews } from './views/execution-views.js';
import { alarmOf } from './wakeups/alarm-ids.js';
import { dueWakeUps } from './wakeups/due-scan.js';
import type { WakeUp } from './wakeups/wake-up.js';
import { WakeUpQueue } from './wakeups/wake-up-queue.js';

export interface EngineOptions {
  readonly store: EventStore;
  readonly readModel: ReadModel;
  readonly workflows: readonly RegisteredWorkflow[];
  readonly clock?: Clock;
  readonly random?: Random;
  readonly limits?: Partial<EngineLimits>;
  readonly logger?: Logger;
  /** The node's name in what it appends. Default: made up. */
  readonly node?: string;
  /** The deployment of the user's code, recorded with each start. */
  readonly buildId?: string;
  /** How payloads lie in the store. Default: as JSON in clear. */
  readonly codec?: PayloadCodec;
  /** How commands, the engine's own too, reach their handlers. Default: straight. */
  readonly dispatch?: Dispatch;
  /** Makes a schema of a class with validation decorators. Default: refuses classes. */
  readonly schemaOf?: SchemaOf;
  /** What runs for each step. Default: its own function. For tests. */
  readonly stepFunction?: ChooseStepFunction;
  /** Checks of the user's code, for tests and development. What fails is logged as a warning. */
  readonly checks?: StepChecks;
  /** Told of each check that failed, too. */
  readonly onCheckFailed?: (failed: FailedCheck) => void;
}

const stuckPage = 500;
/** How long a run rests whose own command failed, before it is brought back. */
const resumeMs: Millis = 5_000;

/**
 * A node: runs the executions of its store. It is given its event store and read model open, and leaves closing them to
 * whoever opened them.
 */
export class Engine {
  readonly executions: Executions;
  /** The way in for every command. */
  readonly dispatch: Dispatch;
  readonly views: ExecutionViews;
  readonly results: Results;
  readonly workflows: ReadonlyMap<string, RegisteredWorkflow>;

  readonly #parts: Required<Pick<EngineOptions, 'store' | 'readModel' | 'clock' | 'logger'>> & {
    readonly limits: EngineLimits;
  };
  readonly #cache: ExecutionCache;
  readonly #steps: StepRunner;
  readonly #wakeUps: WakeUpQueue;
  readonly #effects: ExecutionEffects;
  readonly #waiters: readonly { stop(error: FermataError): void }[];
  #state: 'new' | 'running' | 'stopping' | 'stopped' = 'new';
  #projector: Projector | undefined;
  #disarmScan: (() => void) | undefined;
  #scannedUntil: EpochMs | undefined;

  /** @throws FermataError `CONFIGURATION_INVALID`: two workflows of one type */
  constructor(options: EngineOptions) {
    const { store, readModel, clock = systemClock, random = systemRandom, logger = silentLogger, buildId } = options;
    const { codec } = options;
    const limits: EngineLimits = {
      ...defaultLimits,
      ...(codec && { payloadBytesMax: codedPayloadBytesMax }),
      ...options.limits,
    };
    // The projector alone reads what is stored as it is: its tables are to hold nothing of payloads.
    const log = codec ? new CodedEventStore(store, codec) : store;
    const node = options.node ?? newUuidV7(clock.now(), random).slice(-12);
    const workflows = byType(options.workflows);
    checkPins(options);
    const waiters = new ResultWaiters();
    this.#parts = { store, readModel, clock, logger, limits };
    this.workflows = workflows;
    this.#wakeUps = new WakeUpQueue(clock, (due) => due.forEach((wakeUp) => this.#wake(wakeUp)));
    const updates = new UpdateWaiters();
    this.#waiters = [waiters, updates];
    const report = (command: RecordStepOutcome): void => this.#send(command);
    const isStopped = (): boolean => this.#state === 'stopped';
    const schemas = new SchemaReader(options.schemaOf);
    this.#steps = new StepRunner({
      clock,
      random,
      limits,
      schemas,
      report,
      progress: (command) => this.#progress(command),
      ...(options.stepFunction && { stepFunction: options.stepFunction }),
      ...(options.checks?.runStepsTwice && { onCheckFailed: (failed) => this.#checkFailed(failed, options) }),
    });
    const children = new Children({
      clock,
      logger,
      isStopped,
      dispatch: () => this.dispatch,
      outcomeOf: (target, runId) => this.results.outcomeOf(target, runId),
    });
    this.#effects = new ExecutionEffects({
      clock,
      steps: this.#steps,
      children,
      results: waiters,
      updates,
      wake: (wakeUp) => this.#expect(wakeUp),
      report,
    });
    const { payloadBytesMax } = limits;
    const faultedBetweenTurns = (address: ExecutionTarget): void => this.#cache.of(address).wake();
    const sendSignal = ({ namespace, workflowId, name, payload, requestId }: ExternalSignal): Promise<unknown> =>
      this.dispatch(new SignalWorkflow({ namespace, workflowId }, name, payload, { requestId }));
    const schemaOf: RunHost['schemaOf'] = (schema) => schemas.read(schema);
    const surroundings = { payloadBytesMax, schemaOf, faultedBetweenTurns, sendSignal };
    const host = createRunHost({ ...surroundings, captureSites: false });
    const locatingHost = createRunHost({ ...surroundings, captureSites: true });
    this.#cache = new ExecutionCache(
      {
        store: log,
        clock,
        random,
        node,
        workflows,
        buildId,
        host,
        locatingHost,
        effects: this.#effects,
        limits,
        logger,
        isStopped,
      },
      ({ settled }) => settled?.runId !== undefined && this.#steps.hasStepsOf(settled.runId),
    );
    this.executions = new Executions({
      cache: this.#cache,
      workflows,
      clock,
      random,
      limits,
      schemas,
      buildId,
      updates,
    });
    this.dispatch = options.dispatch ?? directDispatch(this.executions);
    const shown = codec ? new CodedEventStore(store, codec, { unreadable: 'show' }) : store;
    this.views = new ExecutionViews({
      store: shown,
      readModel,
      projection: () => this.projector,
      now: () => clock.now(),
    });
    this.results = new Results({ cache: this.#cache, store: log, views: this.views, waiters, clock });
  }

  /** Takes up the work that the log holds. Resolves when what is due is known; the work itself goes on behind. */
  async start(): Promise<void> {
    if (this.#state !== 'new') throw engineStopped();
    this.#state = 'running';
    const { store, readModel, clock, logger } = this.#parts;
    const onFailure = (err: unknown, retryInMs: Millis): void => logger.error({ err, retryInMs }, 'projector failed');
    this.#projector = new Projector({ store, readModel, clock, onFailure });
    await this.#projector.waitFor(await store.head(), Infinity);
    await this.#wakeStuck();
    await this.#scan();
  }

  /** @throws FermataError `ENGINE_STOPPED`: it hasn't been started */
  get projector(): Projector {
    if (!this.#projector) throw engineStopped();
    return this.#projector;
  }

  /** Whether it takes commands. */
  get isRunning(): boolean {
    return this.#state === 'running';
  }

  /** Whether an execution decides, runs a turn or waits for its append at this moment. */
  get isBusy(): boolean {
    return this.#cache.isBusy;
  }

  /** Steps whose functions run at this moment. */
  get stepsRunning(): number {
    return this.#steps.runningCount;
  }

  /** When a run next wants to be woken, of all that is durable now; nothing when none waits for a time to come. */
  async nextWakeUpAt(): Promise<EpochMs | undefined> {
    const { store, readModel, clock, limits } = this.#parts;
    await this.projector.waitFor(await store.head(), limits.wakeUpHorizonMs);
    const range = { dueAfter: clock.now(), until: Number.MAX_SAFE_INTEGER, limit: 1 };
    return (await readModel.due(range))[0]?.dueAt;
  }

  /**
   * Reads a run's live state.
   * @returns a payload
   * @throws FermataError `EXECUTION_NOT_FOUND`, `UNKNOWN_QUERY` with the names there are, `QUERY_FAILED`
   */
  query(target: ExecutionTarget, name: string, args: unknown): Promise<Payload> {
    return this.#cache.of(target).read((memory) => memory.query(name, args));
  }

  /** Ends after running steps have ended, or were aborted after `limits.stopGraceMs`, and what they gave is durable. */
  async stop(): Promise<void> {
    if (this.#state === 'stopping' || this.#state === 'stopped') return;
    this.#state = 'stopping';
    const { clock, limits } = this.#parts;
    this.#disarmScan?.();
    this.#wakeUps.stop();
    await within(clock, limits.stopGraceMs, (giveUp) => this.#steps.stop(giveUp));
    await within(clock, limits.stopGraceMs, (giveUp) => Promise.race([this.#cache.settle(), giveUp]));
    this.#state = 'stopped';
    this.#cache.stop();
    for (const waiters of this.#waiters) waiters.stop(engineStopped());
    await this.#projector?.close();
  }

  #expect(wakeUp: WakeUp): void {
    if (this.#state !== 'running') return;
    if (wakeUp.dueAt <= this.#parts.clock.now() + this.#parts.limits.wakeUpHorizonMs) this.#wakeUps.add(wakeUp);
  }

  #wake({ stream, runId, kind, id }: WakeUp): void {
    const execution = this.#cache.ofStream(stream);
    if (!execution) return;
    const now = this.#parts.clock.now();
    switch (kind) {
      case 'timer':
        return this.#send(new FireTimer(execution.target, { runId, timerId: id, now }));
      case 'alarm':
        return this.#send(new FireAlarm(execution.target, { runId, kind: alarmOf(id), now }));
      case 'step':
        execution
          .read((memory) => this.#effects.startStep(execution, memory, runId, id))
          .catch((error: unknown) => this.#parts.logger.error({ stream, err: error }, 'step could not be resumed'));
        return;
      case 'child':
      case 'turn':
        return execution.wake();
    }
  }

  #checkFailed(failed: FailedCheck, { onCheckFailed }: EngineOptions): void {
    const { workflowId, runId, stepId, name, idempotencyKey, second } = failed;
    const fields = { workflowId, runId, stepId, name, idempotencyKey, ...('error' in second && { err: second.error }) };
    this.#parts.logger.warn(fields, 'step gave something else when it was run again');
    onCheckFailed?.(failed);
  }

  /** What fails here leaves the run as the log has it; bringing it back from there sets everything pending going again. */
  #send(command: RecordStepOutcome | FireTimer | FireAlarm): void {
    this.dispatch(command).catch((error: unknown) => {
      // A node of another build sees to what is pinned to it.
      if (this.#state !== 'running' || isFermataError(error, 'RUN_PINNED')) return;
      const { clock, logger } = this.#parts;
      logger.error({ err: error, ...command.target }, 'own command failed');
      clock.after(resumeMs, () => {
        if (this.#state === 'running') this.#cache.of(command.target).wake();
      });
    });
  }

  /** Whether the attempt still counts; not when that can't be known. */
  async #progress(command: RecordStepProgress): Promise<boolean> {
    try {
      return (await this.dispatch(command)).answer.isCurrent;
    } catch (error) {
      if (this.#state === 'running') this.#parts.logger.error({ err: error, ...command.target }, 'own command failed');
      return false;
    }
  }

  /** Takes up what becomes due in the next while; what is further off stays in the read model. */
  async #scan(): Promise<void> {
    const { store, clock, limits, logger, readModel } = this.#parts;
    // What is asked for after this moment and due by then is expected at once; all else is in the log by now.
    const until = clock.now() + limits.wakeUpHorizonMs;
    try {
      await this.projector.waitFor(await store.head(), limits.wakeUpHorizonMs);
      const range = { until, ...(this.#scannedUntil !== undefined && { after: this.#scannedUntil }) };
      for await (const wakeUps of dueWakeUps(readModel, range)) {
        for (const wakeUp of wakeUps) if (!this.#isUnderWay(wakeUp)) this.#expect(wakeUp);
      }
      this.#scannedUntil = until;
    } catch (error) {
      logger.error({ err: error }, 'scan for due work failed');
    }
    if (this.#state === 'running') {
      this.#disarmScan = clock.after(limits.wakeUpHorizonMs / 2, () => void this.#scan());
    }
  }

  /** Runs that were stuck may go on with the code that this node has. */
  async #wakeStuck(): Promise<void> {
    for (let after: string | undefined; ;) {
      const streams = await this.#parts.readModel.stuck({ limit: stuckPage, ...(after !== undefined && { after }) });
      for (const stream of streams) this.#cache.ofStream(stream)?.wake();
      if (streams.length < stuckPage) return;
      after = streams.at(-1);
    }
  }

  #isUnderWay({ kind, runId, id }: WakeUp): boolean {
    return kind === 'step' && this.#steps.isKnown(runId, id);
  }
}

/** Hands the work a promise that resolves when its time is up. */
async function within(clock: Clock, ms: Millis, work: (giveUp: Promise<void>) => Promise<void>): Promise<void> {
  let disarm = (): void => undefined;
  await work(new Promise((resolve) => (disarm = clock.after(ms, resolve))));
  disarm();
}

function byType(workflows: readonly RegisteredWorkflow[]): ReadonlyMap<string, RegisteredWorkflow> {
  const known = new Map<string, RegisteredWorkflow>();
  for (const workflow of workflows) {
    if (known.has(workflow.type)) {
      throw new FermataError('CONFIGURATION_INVALID', {
        message: `Two workflows are registered as "${workflow.type}".`,
        fix: 'Give each workflow a type of its own.',
      });
    }
    known.set(workflow.type, workflow);
  }
  return known;
}

/** @throws FermataError `CONFIGURATION_INVALID`: a workflow is pinned to builds, and this one has no name */
function checkPins({ workflows, buildId }: EngineOptions): void {
  const pinned = workflows.find(({ pin }) => pin === 'build');
  if (!pinned || buildId !== undefined) return;
  throw new FermataError('CONFIGURATION_INVALID', {
    message: `Runs of "${pinned.type}" are pinned to the build that starts them, and this node has no build ID.`,
    fix: 'Give `buildId`, for example the version of the deployment.',
  });
}
