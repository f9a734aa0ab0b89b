import type { DatabaseSync } from 'node:sqlite';

/** One append of the workload. `run` numbers its stream; `revision` is that of its first event. */
export interface Append {
  readonly run: number;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly timestamp: number;
  readonly events: readonly { readonly type: string; readonly version: number; readonly data: unknown }[];
}

/** A way of keeping the log in tables. */
export interface Layout {
  readonly schema: string;
  /** Prepares the statements; the answer writes one append within the transaction that is open. */
  prepare(db: DatabaseSync): (append: Append) => void;
}

export type LayoutName = 'event, text' | 'event, key' | 'append, text' | 'append, key';

const streamsTable = 'CREATE TABLE streams (key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;';

function rowAnEvent(stream: 'text' | 'key'): Layout {
  return {
    schema: `${stream === 'key' ? streamsTable : ''}
      CREATE TABLE events (position INTEGER PRIMARY KEY, stream ${stream === 'key' ? 'INTEGER' : 'TEXT'} NOT NULL,
        revision INTEGER NOT NULL, id TEXT NOT NULL, timestamp INTEGER NOT NULL, type TEXT NOT NULL,
        version INTEGER NOT NULL, data TEXT NOT NULL, UNIQUE (stream, revision)) STRICT;`,
    prepare(db) {
      const insert = db.prepare(
        'INSERT INTO events (stream, revision, id, timestamp, type, version, data) VALUES (?, ?, ?, ?, ?, ?, ?)',
      );
      const keyOf = prepareKeys(db, stream);
      return (append) => {
        const key = keyOf(append);
        append.events.forEach((event, index) => {
          const data = JSON.stringify(event.data);
          insert.run(key, append.revision + index, append.id, append.timestamp, event.type, event.version, data);
        });
      };
    },
  };
}

function rowAnAppend(stream: 'text' | 'key'): Layout {
  return {
    schema: `${stream === 'key' ? streamsTable : ''}
      CREATE TABLE commits (position INTEGER PRIMARY KEY, stream ${stream === 'key' ? 'INTEGER' : 'TEXT'} NOT NULL,
        revision INTEGER NOT NULL, id TEXT NOT NULL, timestamp INTEGER NOT NULL, events TEXT NOT NULL,
        UNIQUE (stream, revision)) STRICT;`,
    prepare(db) {
      const insert = db.prepare('INSERT INTO commits (stream, revision, id, timestamp, events) VALUES (?, ?, ?, ?, ?)');
      const keyOf = prepareKeys(db, stream);
      return (append) => {
        const events = JSON.stringify(append.events.map(({ type, version, data }) => [type, version, data]));
        insert.run(keyOf(append), append.revision, append.id, append.timestamp, events);
      };
    },
  };
}

/** A run's first append stores its stream's name under its key; later ones know the key, as a store with a cache does. */
function prepareKeys(db: DatabaseSync, stream: 'text' | 'key'): (append: Append) => string | number {
  if (stream === 'text') return (append) => append.stream;
  const insert = db.prepare('INSERT INTO streams (key, name) VALUES (?, ?)');
  return (append) => {
    if (append.revision === 0) insert.run(append.run, append.stream);
    return append.run;
  };
}

export const layouts: Readonly<Record<LayoutName, Layout>> = {
  'event, text': rowAnEvent('text'),
  'event, key': rowAnEvent('key'),
  'append, text': rowAnAppend('text'),
  'append, key': rowAnAppend('key'),
};
