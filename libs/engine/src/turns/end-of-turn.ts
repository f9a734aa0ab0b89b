let waiting: (() => void)[] = [];

/**
 * Resolves when the microtask queue is empty, which is the end of every turn that is under way. `process.nextTick`
 * called from a microtask runs exactly then; one call serves all that wait.
 * A turn must be begun from a microtask, never from a tick's own callback, whose microtasks come only after all ticks.
 */
export function endOfTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (waiting.push(resolve) === 1) queueMicrotask(scheduleRelease);
  });
}

function scheduleRelease(): void {
  process.nextTick(release);
}

function release(): void {
  const done = waiting;
  waiting = [];
  for (const resolve of done) resolve();
}
