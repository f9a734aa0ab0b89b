import { afterAll, beforeAll } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeEventStore } from '@fermata/engine/event-store.contract';
import { openSqliteEventStore } from './sqlite-event-store.js';

let folder: string;
let files = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fermata-contract-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describeEventStore('SQLite', (limits) => openSqliteEventStore({ file: join(folder, `${++files}.db`), ...limits }));
