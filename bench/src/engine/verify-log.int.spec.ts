import { toNewEvent } from '@fermata/engine';
import type { ExecutionEvent } from '@fermata/kernel';
import { openSqliteEventStore } from '@fermata/store-sqlite';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newCommit, sequenceTurns } from '../workloads/sequence-history.js';
import { verifyLog, type ExpectedLog } from './verify-log.js';

const steps = 2;
const turns = sequenceTurns(steps, '019b0000-0000-7000-8000-000000000000');
const [start = [], first = [], last = []] = turns;

describe('verifyLog', () => {
  let file: string;

  beforeEach(() => {
    file = join(mkdtempSync(join(tmpdir(), 'fermata-verify-')), 'log.db');
  });

  afterEach(() => {
    rmSync(join(file, '..'), { recursive: true });
  });

  async function write(...commits: readonly (readonly ExecutionEvent[])[]): Promise<void> {
    await using store = await openSqliteEventStore({ file });
    let revision: number | 'no-stream' = 'no-stream';
    for (const events of commits) {
      revision = (await store.append('default.00-one', newCommit(events.map(toNewEvent)), revision)).revision;
    }
  }

  const verify = (expected: ExpectedLog): Promise<void> =>
    verifyLog({ open: () => openSqliteEventStore({ file }) }, expected);

  it('accepts a log in which each run has each step once', async () => {
    await write(start, first, last);
    await expect(verify({ executions: 1, steps })).resolves.toBeUndefined();
  });

  it.each([
    ['a step recorded twice', [start, first, first, last], /step 0 recorded twice/],
    ['a step that is missing', [start, last], /scheduled 1 steps of 2/],
    ['a run that never closed', [start, first], /1 runs never closed/],
    ['a run that began twice', [start, start, first, last], /began twice or never/],
    ['events after the close', [start, first, last, last], /revision 6 out of turn/],
  ])('refuses %s', async (_, commits, message) => {
    await write(...commits);
    await expect(verify({ executions: 1, steps })).rejects.toThrow(message);
  });

  it('refuses a log that lacks a run', async () => {
    await write(start, first, last);
    await expect(verify({ executions: 2, steps })).rejects.toThrow(/1 closed runs, 2 were run/);
  });
});
