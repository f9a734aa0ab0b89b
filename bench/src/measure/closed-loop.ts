export interface ClosedLoop {
  /** How many are in flight: each lane begins its next call when the one before has ended. */
  readonly concurrency: number;
  readonly seconds: number;
  readonly once: () => Promise<void>;
  /** Called when the time is up, while the last calls are still in flight. */
  readonly onTimeUp?: () => void;
}

export interface LoopOutcome {
  readonly samplesMs: readonly number[];
  /** From the first call to the end of the last. */
  readonly elapsedSeconds: number;
}

/** Calls `once` until the time is up, then waits for what is in flight, which counts too. The first error ends it. */
export async function closedLoop({ concurrency, seconds, once, onTimeUp }: ClosedLoop): Promise<LoopOutcome> {
  const samplesMs: number[] = [];
  const started = performance.now();
  const deadline = started + seconds * 1_000;
  let isTimeUp = false;
  const lane = async (): Promise<void> => {
    for (let begun = performance.now(); begun < deadline; begun = performance.now()) {
      await once();
      samplesMs.push(performance.now() - begun);
    }
    if (!isTimeUp) onTimeUp?.();
    isTimeUp = true;
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return { samplesMs, elapsedSeconds: (performance.now() - started) / 1_000 };
}

/** Calls `once` for each of 0 … count − 1, so many in flight at a time. */
export async function inLanes(
  count: number,
  concurrency: number,
  once: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) await once(next++);
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
}

/** Repeats a round of fixed size while there is time, at least once. */
export async function rounds<Outcome>(seconds: number, round: () => Promise<Outcome>): Promise<readonly Outcome[]> {
  const deadline = performance.now() + seconds * 1_000;
  const outcomes: Outcome[] = [];
  do outcomes.push(await round());
  while (performance.now() < deadline);
  return outcomes;
}
