import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openSqliteEventStore } from '../event-store/sqlite-event-store.js';
import type { ReadModel, StoredEvent } from '@fermata/engine';
import { describeReadModel } from '@fermata/engine/read-model.contract';
import { streamIdOf } from '@fermata/kernel';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { schemaVersion } from './schema.js';
import { openSqliteReadModel } from './sqlite-read-model.js';

let folder: string;
let file: string;
let files = 0;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fermata-read-model-'));
  file = join(folder, 'read-model.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

describeReadModel('SQLite in a file', () => openSqliteReadModel({ file: join(folder, `${++files}.db`) }));
describeReadModel('SQLite in memory', () => openSqliteReadModel({ file: ':memory:' }));

const started = Date.UTC(2026, 2, 1);

/** A start and a timer for each of so many runs. */
function suspendedRuns(count: number): readonly StoredEvent[] {
  return Array.from({ length: count }, (_, number) => {
    const stream = streamIdOf({ namespace: 'default', workflowId: `order-${number}` });
    const runId = `0195511e-1a00-7000-8000-${number.toString(16).padStart(12, '0')}`;
    const common = { id: '', stream, version: 1, timestamp: started + number, metadata: {} };
    return [
      {
        ...common,
        type: 'WorkflowStarted',
        revision: 0,
        position: 2 * number + 1,
        data: { runId, workflowType: 'nap', input: null },
      },
      {
        ...common,
        type: 'TimerStarted',
        revision: 1,
        position: 2 * number + 2,
        data: { timerId: 0, dueAt: started + 1e9 },
      },
    ];
  }).flat();
}

async function idsOf(readModel: ReadModel, filter = ''): Promise<string[]> {
  return (await readModel.list({ namespace: 'default', filter, limit: 1_000 })).items.map(
    ({ workflowId }) => workflowId,
  );
}

describe('a read model in a SQLite file', () => {
  const events = suspendedRuns(3);

  async function fill(): Promise<void> {
    await using readModel = await openSqliteReadModel({ file });
    await readModel.apply(events, 0);
  }

  it('is as it was left', async () => {
    await fill();
    await using readModel = await openSqliteReadModel({ file });
    expect(await readModel.checkpoint()).toBe(6);
    expect(await idsOf(readModel)).toEqual(['order-2', 'order-1', 'order-0']);
  });

  it('is dropped when another schema version wrote it', async () => {
    await fill();
    const db = new DatabaseSync(file);
    db.exec(`PRAGMA user_version = ${schemaVersion + 1}`);
    db.close();
    await using readModel = await openSqliteReadModel({ file });
    expect(await readModel.checkpoint()).toBe(0);
    await readModel.apply(events, 0);
    expect(await idsOf(readModel)).toHaveLength(3);
  });

  it.each([
    ['its first pages', 100],
    ['its tables', 8_192],
  ])('is dropped when %s are damaged', async (_, from) => {
    await fill();
    overwrite(file, from);
    await using readModel = await openSqliteReadModel({ file });
    // Where opening didn't meet the damage, using it does; it is empty at the latest then.
    await readModel.find(events[0]?.stream ?? '').catch(() => undefined);
    await readModel.waits(events[0]?.stream ?? '', '').catch(() => undefined);
    await readModel.due({ until: started * 2, limit: 10 }).catch(() => undefined);
    await idsOf(readModel).catch(() => undefined);
    expect(await readModel.checkpoint()).toBe(0);
    await readModel.apply(events, 0);
    expect(await idsOf(readModel)).toHaveLength(3);
  });

  it('leaves files alone that are no read model', async () => {
    writeFileSync(file, 'Dear diary, '.repeat(50));
    await expect(openSqliteReadModel({ file })).rejects.toMatchObject({ code: 'STORE_NOT_RECOGNISED' });
    expect(readFileSync(file, 'utf8')).toBe('Dear diary, '.repeat(50));
    const log = join(folder, 'log.db');
    await (await openSqliteEventStore({ file: log })).close();
    const before = readFileSync(log);
    await expect(openSqliteReadModel({ file: log })).rejects.toMatchObject({ code: 'STORE_NOT_RECOGNISED' });
    expect(readFileSync(log)).toEqual(before);
  });

  it('takes an empty file for a new one', async () => {
    writeFileSync(file, '');
    await fill();
    expect(statSync(file).size).toBeGreaterThan(0);
  });

  it('is open only once', async () => {
    const first = await openSqliteReadModel({ file });
    await expect(openSqliteReadModel({ file })).rejects.toMatchObject({ code: 'STORE_IN_USE' });
    await first.apply(events, 0);
    await first.close();
    await using second = await openSqliteReadModel({ file });
    expect(await second.checkpoint()).toBe(6);
  });

  it('says what is wrong with a place where no file can be', async () => {
    const missing = join(folder, 'missing', 'read-model.db');
    await expect(openSqliteReadModel({ file: missing })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    mkdirSync(file);
    await expect(openSqliteReadModel({ file })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(existsSync(file)).toBe(true);
  });

  it('stays within 300 bytes for a suspended run', async () => {
    const runs = 5_000;
    await using readModel = await openSqliteReadModel({ file });
    await readModel.apply(suspendedRuns(runs), 0);
    await readModel.close();
    expect(statSync(file).size / runs).toBeLessThan(300);
  });

  it('sifts a long list in slices, to the last row', async () => {
    await using readModel = await openSqliteReadModel({ file: ':memory:' });
    const runs = 12_000;
    await readModel.apply(suspendedRuns(runs), 0);
    // Both ends, and the runs round the end of the first slice.
    const wanted = [11_999, 7_001, 7_000, 6_999, 6_998, 0];
    const times = wanted.map((number) => JSON.stringify(new Date(started + number).toISOString()));
    const found = await idsOf(readModel, `not (not (startedAt in (${times.join()})))`);
    expect(found).toEqual(wanted.map((number) => `order-${number}`));
    let turns = 0;
    let isListing = true;
    const count = (): void => {
      turns++;
      if (isListing) setImmediate(count);
    };
    setImmediate(count);
    expect(await idsOf(readModel, 'closedAt > "2000-01-01"')).toEqual([]);
    isListing = false;
    // The event loop had a turn after each 5,000 rows.
    expect(turns).toBeGreaterThanOrEqual(2);
  });
});

/** Spoils the file from there on. */
function overwrite(path: string, from: number): void {
  const size = statSync(path).size;
  const descriptor = openSync(path, 'r+');
  writeSync(descriptor, Buffer.alloc(size - from, 0xa5), 0, size - from, from);
  closeSync(descriptor);
}
