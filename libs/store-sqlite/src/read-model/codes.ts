import type { ExecutionStatus, WaitRow } from '@fermata/engine';

/** What stands for a status in the tables. Changing one needs a new `schemaVersion`. */
export const statusCodes: Readonly<Record<ExecutionStatus, number>> = {
  running: 0,
  paused: 1,
  stuck: 2,
  completed: 3,
  failed: 4,
  cancelled: 5,
  terminated: 6,
  'timed-out': 7,
  'continued-as-new': 8,
};

/** What stands for a kind of wait. */
export const kindCodes: Readonly<Record<WaitRow['kind'], number>> = {
  step: 0,
  timer: 1,
  signal: 2,
  child: 3,
  condition: 4,
  alarm: 5,
  turn: 6,
  release: 7,
  'step-limit': 8,
  'step-heartbeat': 9,
};

export const statusOf = decoder(statusCodes);
export const kindOf = decoder(kindCodes);

function decoder<Name extends string>(codes: Readonly<Record<Name, number>>): (code: number) => Name {
  const names = new Map<number, Name>();
  for (const name in codes) names.set(codes[name], name);
  return (code) => {
    const name = names.get(code);
    if (name === undefined) throw new Error(`the read model holds the unknown code ${code}`);
    return name;
  };
}
