import { fdatasync, openSync } from 'node:fs';
import { extname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { layouts, type Append, type LayoutName } from './layouts.js';

/** Writes a batch in one transaction and resolves when it is durable. */
export interface Committer {
  commit(batch: readonly Append[]): void | Promise<void>;
  close(): void | Promise<void>;
}

export interface CommitterOptions {
  readonly file: string;
  readonly layout: LayoutName;
  /** `exclusive` spares the locks of each transaction and keeps the index of the WAL in memory. */
  readonly locking: 'normal' | 'exclusive';
}

export type Where = 'main' | 'worker' | 'main, fdatasync in pool';

export function openCommitter(where: Where, options: CommitterOptions): Committer {
  if (where === 'worker') return openInWorker(options);
  return where === 'main' ? openHere(options, 'FULL') : openWithSyncInPool(options);
}

export function openHere({ file, layout, locking }: CommitterOptions, synchronous: 'FULL' | 'NORMAL'): Committer {
  const db = new DatabaseSync(file);
  db.exec(`PRAGMA locking_mode = ${locking}; PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous};`);
  db.exec(layouts[layout].schema);
  const write = layouts[layout].prepare(db);
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  return {
    commit(batch) {
      begin.run();
      for (const append of batch) write(append);
      commit.run();
    },
    close: () => db.close(),
  };
}

function openInWorker(options: CommitterOptions): Committer {
  const worker = new Worker(new URL(`./commit-worker${extname(import.meta.url)}`, import.meta.url), {
    workerData: options,
  });
  const waiting: (() => void)[] = [];
  worker.on('message', () => waiting.shift()?.());
  const send = (message: unknown): Promise<void> =>
    new Promise((resolve) => {
      waiting.push(resolve);
      worker.postMessage(message);
    });
  return {
    commit: send,
    async close() {
      await send('close');
      await worker.terminate();
    },
  };
}

/** SQLite writes the WAL and a thread of Node's pool makes it durable, while the main thread goes on. */
function openWithSyncInPool(options: CommitterOptions): Committer {
  const here = openHere(options, 'NORMAL');
  const wal = openSync(`${options.file}-wal`, 'r+');
  return {
    commit(batch) {
      void here.commit(batch);
      return new Promise((resolve, reject) => fdatasync(wal, (error) => (error ? reject(error) : resolve())));
    },
    close: () => here.close(),
  };
}
