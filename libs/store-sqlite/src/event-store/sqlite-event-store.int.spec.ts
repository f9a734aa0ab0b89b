import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { DatabaseSync } from 'node:sqlite';
import {
  toCommitId,
  type Appended,
  type EventStore,
  type ExpectedRevision,
  type NewCommit,
  type StoredEvent,
} from '@fermata/engine';
import { openSqliteEventStore } from './sqlite-event-store.js';

let folder: string;
let file: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fermata-sqlite-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  file = join(folder, `${randomUUID()}.db`);
});

const open = (limits: Omit<Parameters<typeof openSqliteEventStore>[0], 'file'> = {}): Promise<EventStore> =>
  openSqliteEventStore({ file, ...limits });

function aCommit({ size = 2, text = 'said' } = {}): NewCommit {
  const event = { type: 'SomethingSaid', version: 1, data: { text } };
  return {
    id: toCommitId(randomUUID()),
    timestamp: 1_700_000_000_000,
    events: [event, ...Array(size - 1).fill(event)],
  };
}

/** Appends so many commits of two events to one stream, all asked for at once. */
async function appendMany(store: EventStore, stream: string, commits: number): Promise<void> {
  const appends = Array.from({ length: commits }, (_, n) =>
    store.append(stream, aCommit(), n === 0 ? 'no-stream' : n * 2 - 1),
  );
  await Promise.all(appends);
}

/** Runs a module that has `openSqliteEventStore` and `file`, in a process of its own. */
function runInProcess(code: string): ChildProcessByStdio<null, Readable, null> {
  const module = `import { openSqliteEventStore } from '@fermata/store-sqlite'; const file = process.argv[1]; ${code}`;
  const loader = ['--conditions=@fermata/source', '--import', '@swc-node/register/esm-register'];
  return spawn(process.execPath, [...loader, '--input-type=module', '-e', module, '--', file], {
    cwd: join(import.meta.dirname, '../../../..'), // where the loader finds tsconfig.json
    env: { ...process.env, NODE_OPTIONS: '' }, // jest's own
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function kill(child: ChildProcessByStdio<null, Readable, null>): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

describe('A SQLite event store that is opened again', () => {
  it('has what was appended, and goes on from there', async () => {
    let store = await open();
    await store.append('default.00-a', aCommit(), 'no-stream');
    await store.append('default.00-b', aCommit({ size: 3 }), 'no-stream');
    const before = await store.readLog({ after: 0, limit: 100 });
    await store.close();
    store = await open();
    expect(await store.readLog({ after: 0, limit: 100 })).toEqual(before);
    expect(await store.head()).toBe(5);
    expect(await store.append('default.00-a', aCommit(), 1)).toEqual({ revision: 3, position: 7 });
    expect(await store.append('default.00-c', aCommit({ size: 1 }), 'no-stream')).toEqual({ revision: 0, position: 8 });
    await store.close();
  });

  it('recognises an append that was answered before', async () => {
    let store = await open();
    const commit = aCommit();
    const first = await store.append('default.00-a', commit, 'no-stream');
    await store.append('default.00-a', aCommit(), 1);
    await store.close();
    store = await open();
    expect(await store.append('default.00-a', commit, 'no-stream')).toEqual(first);
    expect(await store.head()).toBe(4);
    await store.close();
  });

  it('gives no position twice, even when truncation took the last event of the log', async () => {
    let store = await open();
    await appendMany(store, 'default.00-a', 3);
    await store.truncate('default.00-a', 6);
    await store.close();
    store = await open();
    expect(await store.head()).toBe(6);
    expect(await store.append('default.00-a', aCommit(), 5)).toEqual({ revision: 7, position: 8 });
    await store.close();
  });

  it('keeps truncated events out of the file', async () => {
    const store = await open();
    await store.append('default.00-a', aCommit({ size: 1, text: 'forgotten whole' }), 'no-stream');
    const { events } = aCommit({ text: 'forgotten in part' });
    const kept = { type: 'SomethingSaid', version: 1, data: { text: 'kept' } };
    await store.append('default.00-a', { ...aCommit(), events: [...events, kept] }, 0);
    await store.truncate('default.00-a', 3);
    expect(await store.readStream('default.00-a')).toMatchObject([{ revision: 3, data: { text: 'kept' } }]);
    await store.close();
    const db = new DatabaseSync(file);
    expect(db.prepare('SELECT events FROM commits').all()).toMatchObject([
      { events: '[null,null,["SomethingSaid",1,{"text":"kept"}]]' },
    ]);
    db.close();
  });
});

/** A line that the killed process printed after an append. */
interface Acknowledged {
  readonly stream: string;
  readonly id: string;
  readonly expected: ExpectedRevision;
  readonly answer: Appended;
}

describe('A SQLite event store whose process is killed', () => {
  const appender = `
    import { randomUUID } from 'node:crypto';
    const store = await openSqliteEventStore({ file });
    const events = [{ type: 'SomethingSaid', version: 1, data: {} }, { type: 'SomethingSaid', version: 1, data: {} }];
    for (let lane = 0; lane < 16; lane++) void (async () => {
      for (let at = 'no-stream'; ; ) {
        const id = randomUUID().slice(0, -4) + '0000';
        const { revision, position } = await store.append('default.00-' + lane, { id, timestamp: 1, events }, at);
        const line = JSON.stringify({ stream: 'default.00-' + lane, id, expected: at, answer: { revision, position } });
        await new Promise((written) => process.stdout.write(line + '\\n', written));
        at = revision;
      }
    })();`;

  it('has everything that was acknowledged, and is free at once', async () => {
    for (const acknowledgedMin of [1, 500, 3_000]) {
      const child = runInProcess(appender);
      const lines: string[] = [];
      for await (const line of createInterface(child.stdout)) {
        lines.push(line);
        if (lines.length === acknowledgedMin) await kill(child);
      }
      expect(lines.length).toBeGreaterThanOrEqual(acknowledgedMin);
      const store = await open({ readEventsMax: Infinity });
      const log = await store.readLog({ after: 0, limit: Infinity });
      const byPosition = new Map(log.map((event) => [event.position, event]));
      for (const line of lines) {
        const { stream, id, expected, answer } = JSON.parse(line) as Acknowledged;
        const eventId = `${id.slice(0, -4)}0001`;
        expect(byPosition.get(answer.position)).toMatchObject({ stream, id: eventId, revision: answer.revision });
        const { events } = aCommit();
        expect(await store.append(stream, { id, timestamp: 1, events }, expected)).toEqual(answer);
      }
      expect(await store.head()).toBe(log.length);
      await store.close();
      rmSync(file);
    }
  }, 60_000);
});

describe('A SQLite event store that is open already', () => {
  const inUse = { code: 'STORE_IN_USE', message: expect.stringContaining('Stop the other one') };

  it('is refused to this process, under another name, too', async () => {
    const store = await open();
    await expect(open()).rejects.toMatchObject(inUse);
    const link = `${file}.link`;
    symlinkSync(file, link);
    await expect(openSqliteEventStore({ file: link })).rejects.toMatchObject(inUse);
    await store.append('default.00-a', aCommit(), 'no-stream');
    await store.close();
    await (await open()).close();
  });

  it('is refused while another process has it, and free when that one was killed', async () => {
    const child = runInProcess(
      `await openSqliteEventStore({ file }); console.log('open'); setInterval(() => {}, 1000);`,
    );
    await once(child.stdout, 'data');
    await expect(open()).rejects.toMatchObject(inUse);
    await kill(child);
    await (await open()).close();
  }, 20_000);

  it('is refused to another process', async () => {
    const store = await open();
    const child = runInProcess(`await openSqliteEventStore({ file }).catch((error) => console.log(error.code));`);
    expect(String(await once(child.stdout, 'data'))).toBe('STORE_IN_USE\n');
    await store.append('default.00-a', aCommit(), 'no-stream');
    await store.close();
  }, 20_000);
});

describe('A file that is no event store of this release', () => {
  const notRecognised = { code: 'STORE_NOT_RECOGNISED' };

  it('is refused and left as it was when it is no SQLite', async () => {
    writeFileSync(file, 'orders: 12\n'.repeat(1_000));
    await expect(open()).rejects.toMatchObject(notRecognised);
    expect(readFileSync(file, 'utf8')).toBe('orders: 12\n'.repeat(1_000));
  });

  it("is refused and left as it was when it is another program's", async () => {
    const db = new DatabaseSync(file);
    db.exec('CREATE TABLE orders (id INTEGER PRIMARY KEY); INSERT INTO orders VALUES (1);');
    db.close();
    const before = readFileSync(file);
    await expect(open()).rejects.toMatchObject(notRecognised);
    expect(readFileSync(file)).toEqual(before);
  });

  it('is refused when a newer release wrote it', async () => {
    await (await open()).close();
    const db = new DatabaseSync(file);
    db.exec('PRAGMA user_version = 2');
    db.close();
    const upgrade = expect.stringContaining('Upgrade this node');
    await expect(open()).rejects.toMatchObject({ ...notRecognised, message: upgrade });
  });

  it('is made an event store when it is empty', async () => {
    writeFileSync(file, '');
    const store = await open();
    await store.append('default.00-a', aCommit(), 'no-stream');
    await store.close();
  });
});

describe('A damaged SQLite event store', () => {
  async function fill(): Promise<void> {
    const store = await open();
    await appendMany(store, 'default.00-a', 1_000);
    await store.close();
  }

  it('is refused at open when pages are overwritten', async () => {
    await fill();
    const bytes = readFileSync(file);
    bytes.set(randomBytes(4_096 * 8), 4_096 * 10);
    writeFileSync(file, bytes);
    await expect(open()).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
  });

  it('is refused at open when its end is missing', async () => {
    await fill();
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.subarray(0, bytes.length / 2));
    await expect(open()).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
  });

  it('says so when a read meets the damage, if the file was too large to be checked', async () => {
    await fill();
    const bytes = readFileSync(file);
    bytes.set(randomBytes(4_096 * 8), 4_096 * 10);
    writeFileSync(file, bytes);
    const store = await open({ checkedFileBytesMax: 0 });
    await expect(store.readStream('default.00-a', { limit: 10_000 })).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
    await store.close();
  });

  it('says so when a row holds no JSON', async () => {
    await fill();
    const db = new DatabaseSync(file);
    db.exec(`UPDATE commits SET events = '[["SomethingSaid",1,{"te' WHERE position = 20`);
    db.close();
    const store = await open();
    const dropped = new Promise((resolve) => {
      store.subscribe({ after: 0, onEvents: () => undefined, onDropped: resolve });
    });
    await expect(store.readStream('default.00-a')).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
    expect(await dropped).toMatchObject({ code: 'STORE_CORRUPT' });
    await store.close();
  });
});

describe('A SQLite event store that cannot be written', () => {
  const unavailable = { code: 'STORE_UNAVAILABLE' };

  /** Root may write everything, so it acts as somebody else meanwhile. */
  async function asUnprivileged(run: () => Promise<void>): Promise<void> {
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65_534);
    try {
      await run();
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  }

  it('is refused when the folder is not there', async () => {
    await expect(openSqliteEventStore({ file: join(folder, 'nowhere', 'a.db') })).rejects.toMatchObject(unavailable);
  });

  it('is refused when the file is a folder', async () => {
    mkdirSync(file);
    await expect(open()).rejects.toMatchObject(unavailable);
  });

  it('is refused when the file or its folder is read-only', async () => {
    const locked = join(folder, 'locked');
    mkdirSync(locked);
    file = join(locked, 'a.db');
    await (await open()).close();
    chmodSync(folder, 0o755);
    chmodSync(file, 0o444);
    await asUnprivileged(() => expect(open()).rejects.toMatchObject(unavailable));
    chmodSync(file, 0o666);
    chmodSync(locked, 0o555);
    await asUnprivileged(() => expect(open()).rejects.toMatchObject(unavailable));
    file = join(locked, 'new.db');
    await asUnprivileged(() => expect(open()).rejects.toMatchObject(unavailable));
    chmodSync(locked, 0o755);
  });
});

describe('A SQLite event store that is full', () => {
  it('refuses appends, keeps what it acknowledged, and works again when there is space', async () => {
    let store = await open({ fileBytesMax: 200_000 });
    const large = () => aCommit({ size: 1, text: 'x'.repeat(5_000) });
    let at = -1;
    const appendOne = async () => store.append('default.00-a', large(), at < 0 ? 'no-stream' : at);
    const fill = async () => {
      for (;;) at = (await appendOne()).revision;
    };
    await expect(fill()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(at).toBeGreaterThan(10);
    await expect(store.append('default.00-b', large(), 'no-stream')).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
    expect(await store.readStream('default.00-a')).toHaveLength(at + 1);
    expect(await store.readStream('default.00-b')).toEqual([]);
    expect(await store.head()).toBe(at + 1);

    await store.truncate('default.00-a', at);
    expect(await appendOne()).toEqual({ revision: at + 1, position: at + 2 });
    expect(await store.append('default.00-b', large(), 'no-stream')).toEqual({ revision: 0, position: at + 3 });
    await store.close();

    store = await open();
    expect((await store.readLog({ after: 0, limit: 10 })).map(({ stream, revision }) => [stream, revision])).toEqual([
      ['default.00-a', at],
      ['default.00-a', at + 1],
      ['default.00-b', 0],
    ]);
    await store.close();
  });
});

describe('A SQLite event store under load', () => {
  it('reads tens of thousands of events in order, page by page and backwards', async () => {
    const store = await open();
    for (const stream of ['default.00-a', 'default.00-b']) await appendMany(store, stream, 9_000);
    const pages: StoredEvent[][] = [];
    for (let from = 0; ; from += 7_001) {
      const page = await store.readStream('default.00-a', { from, limit: 7_001 });
      if (page.length === 0) break;
      pages.push([...page]);
    }
    const forwards = pages.flat();
    expect(forwards.map(({ revision }) => revision)).toEqual(Array.from({ length: 18_000 }, (_, n) => n));
    const backwards = await store.readStream('default.00-a', { direction: 'backwards', limit: 10_000 });
    expect(backwards).toEqual(forwards.slice(-10_000).reverse());

    let seen = 0;
    const all = new Promise<void>((resolve, reject) => {
      store.subscribe({
        after: 0,
        onEvents(events) {
          for (const { position } of events)
            if (position !== ++seen) reject(new Error(`${position} came as number ${seen}`));
          if (seen === 36_000) resolve();
        },
        onDropped: reject,
      });
    });
    await all;
    await store.close();
  }, 20_000);

  it('keeps few events for a subscriber that is slow, and loses none', async () => {
    const store = await open({ subscriberEventsMax: 10 });
    const positions: number[] = [];
    const dropped: unknown[] = [];
    const calls: (() => void)[] = [];
    let called = (): void => undefined;
    const nextCall = () => new Promise<void>((resolve) => (called = resolve));
    const isLive = new Promise<void>((resolve) => {
      store.subscribe({
        after: 0,
        onEvents(events) {
          positions.push(...events.map(({ position }) => position));
          called();
          return new Promise((resolve) => calls.push(resolve));
        },
        onCaughtUp: resolve,
        onDropped: (error) => dropped.push(error),
      });
    });
    await isLive;
    let call = nextCall();
    await appendMany(store, 'default.00-a', 1);
    await call;
    for (const stream of ['default.00-b', 'default.00-c', 'default.00-d']) await appendMany(store, stream, 4);
    expect(positions).toHaveLength(2);
    while (positions.length < 26) {
      call = nextCall();
      calls.shift()?.();
      await call;
    }
    expect(positions).toEqual(Array.from({ length: 26 }, (_, n) => n + 1));
    expect(dropped).toEqual([]);
    await store.close();
  });

  it('knows the revision of streams that it no longer keeps in memory', async () => {
    const store = await open({ streamsCachedMax: 2 });
    const streams = Array.from({ length: 10 }, (_, n) => `default.00-${n}`);
    for (const stream of streams) await store.append(stream, aCommit(), 'no-stream');
    await store.truncate('default.00-1', 2);
    const answers = await Promise.all(streams.map((stream) => store.append(stream, aCommit(), 1)));
    expect(answers.map(({ revision }) => revision)).toEqual(streams.map(() => 3));
    await store.close();
  });

  it('takes several transactions for more appends than batchAppendsMax', async () => {
    const store = await open({ batchAppendsMax: 3 });
    await appendMany(store, 'default.00-a', 20);
    expect(await store.readStream('default.00-a')).toHaveLength(40);
    await store.close();
  });

  it('refuses an append when too much waits, counted in characters', async () => {
    const store = await open({ charactersWaitingMax: 1_500 });
    const appends = ['a', 'b'].map((id) =>
      store.append(`default.00-${id}`, aCommit({ size: 1, text: 'x'.repeat(1_000) }), 'no-stream'),
    );
    await expect(appends[1]).rejects.toMatchObject({ code: 'OVERLOADED', details: { retryAfterMs: 100 } });
    await appends[0];
    await store.append('default.00-b', aCommit(), 'no-stream');
    await store.close();
  });
});
