import type { EpochMs } from '@fermata/kernel';
import type { ReadModel, WaitRow } from '../read-model/read-model.js';
import type { WakeUp } from './wake-up.js';

const pageRows = 1_000;

export interface DueRange {
  /** Due after this. Default: from the beginning. */
  readonly after?: EpochMs;
  readonly until: EpochMs;
}

/** All that the read model knows to be due then, page by page. */
export async function* dueWakeUps(
  readModel: ReadModel,
  { after: from, until }: DueRange,
): AsyncGenerator<readonly WakeUp[]> {
  let after: WaitRow | undefined;
  do {
    const page = await readModel.due({
      until,
      limit: pageRows,
      ...(from !== undefined && { dueAfter: from }),
      ...(after && { after }),
    });
    yield page.flatMap(toWakeUp);
    after = page.length < pageRows ? undefined : page.at(-1);
  } while (after);
}

function toWakeUp({ stream, runId, kind, id, dueAt }: WaitRow): readonly WakeUp[] {
  if (dueAt === undefined || kind === 'signal' || kind === 'condition') return [];
  return [{ stream, runId, kind: wakeUpKindOf(kind), id, dueAt }];
}

function wakeUpKindOf(kind: Exclude<WaitRow['kind'], 'signal' | 'condition'>): WakeUp['kind'] {
  if (kind === 'release') return 'turn';
  return kind === 'step-limit' || kind === 'step-heartbeat' ? 'step' : kind;
}
