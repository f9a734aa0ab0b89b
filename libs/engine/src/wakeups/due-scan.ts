import type { EpochMs } from '@fermata/kernel';
import type { ReadModel, WaitRow } from '../read-model/read-model.js';
import type { WakeUp } from './wake-up.js';

const pageRows = 1_000;

/** All that the read model knows to be due until then, page by page. */
export async function* dueWakeUps(readModel: ReadModel, until: EpochMs): AsyncGenerator<readonly WakeUp[]> {
  let after: WaitRow | undefined;
  do {
    const page = await readModel.due({ until, limit: pageRows, ...(after && { after }) });
    yield page.flatMap(toWakeUp);
    after = page.length < pageRows ? undefined : page.at(-1);
  } while (after);
}

function toWakeUp({ stream, runId, kind, id, dueAt }: WaitRow): readonly WakeUp[] {
  return kind === 'signal' || dueAt === undefined ? [] : [{ stream, runId, kind, id, dueAt }];
}
