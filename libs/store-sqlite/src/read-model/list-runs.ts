import type { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import {
  decodeCursor,
  encodeCursor,
  listLimitDefault,
  listLimitMax,
  parseFilter,
  type ExecutionPage,
  type ListOptions,
  type ListPlace,
} from '@fermata/engine';
import { FermataError } from '@fermata/kernel';
import { toSql, type SqlCondition } from './filter-sql.js';
import { pathsFor, type ListPath } from './list-paths.js';
import type { NameTable } from './name-table.js';
import { narrowingOf, type Narrowing } from './narrowing.js';
import { toExecutionRow, type ExecutionRecord } from './records.js';

/** How many rows are sifted before the event loop gets its turn: a few milliseconds' worth. */
const siftedRowsMax = 5_000;

interface Query {
  readonly namespace: number;
  readonly condition: SqlCondition;
  readonly narrowing: Narrowing;
  readonly order: 'newest' | 'oldest';
  /** One more than the page holds, to know whether there is another. */
  readonly wanted: number;
  readonly from: ListPlace;
}

/**
 * One page of a list. Each path is read in slices, the same way in which the page continues: from a place, exclusive.
 * @throws FermataError `MALFORMED_FILTER`; `VALIDATION_FAILED` for a broken cursor or limit
 */
export async function listRuns(db: DatabaseSync, names: NameTable, options: ListOptions): Promise<ExecutionPage> {
  const { order = 'newest', limit = listLimitDefault, cursor } = options;
  checkLimit(limit);
  const filter = parseFilter(options.filter ?? '');
  const narrowing = narrowingOf(filter);
  const place = cursor === undefined ? undefined : decodeCursor(cursor);
  const namespace = names.find(options.namespace);
  if (namespace === undefined) return { items: [] };
  const from = further(order, place, edgeOf(order, narrowing));
  const query: Query = { namespace, condition: toSql(filter), narrowing, order, wanted: limit + 1, from };
  const found = new Map<number, ExecutionRecord>();
  for (const path of pathsFor(narrowing, names)) {
    for (const record of await readPath(db, path, query)) found.set(record.id, record);
  }
  const inOrder = [...found.values()].sort((a, b) => compare(order, placeOf(a), placeOf(b)));
  const items = inOrder.slice(0, limit);
  const last = items.at(-1);
  const hasMore = inOrder.length > limit && last;
  return {
    items: items.map((record) => toExecutionRow(record, names)),
    ...(hasMore && { nextCursor: encodeCursor(placeOf(last)) }),
  };
}

function checkLimit(limit: number): void {
  if (Number.isInteger(limit) && limit >= 1 && limit <= listLimitMax) return;
  throw new FermataError('VALIDATION_FAILED', {
    message: `A page can't hold ${limit} runs.`,
    fix: `Give a limit of 1 to ${listLimitMax}.`,
    details: { limitMax: listLimitMax },
  });
}

async function readPath(db: DatabaseSync, path: ListPath, query: Query): Promise<readonly ExecutionRecord[]> {
  const { condition, narrowing, order, wanted } = query;
  const [beyond, within, direction] = order === 'newest' ? ['<', '>=', 'DESC'] : ['>', '<=', 'ASC'];
  const bound = order === 'newest' ? narrowing.startedFrom : narrowing.startedTo;
  const slice = `FROM executions INDEXED BY ${path.index} WHERE namespace = ? ${path.where}
    AND (started_at, id) ${beyond} (?, ?) AND started_at ${within} ? ORDER BY started_at ${direction}, id ${direction}`;
  const sift = db.prepare(`SELECT * FROM (SELECT * ${slice} LIMIT ?) WHERE ${condition.sql} LIMIT ?`);
  const end = db.prepare(`SELECT started_at, id ${slice} LIMIT 1 OFFSET ?`);
  const found: ExecutionRecord[] = [];
  for (let from: ListPlace | undefined = query.from; from;) {
    const range = [query.namespace, ...path.params, from.startedAt, from.startPosition, bound];
    const rows = sift.all(...range, siftedRowsMax, ...condition.params, wanted - found.length);
    found.push(...(rows as unknown as ExecutionRecord[]));
    if (found.length >= wanted) return found;
    const last = end.get(...range, siftedRowsMax - 1) as unknown as ExecutionRecord | undefined;
    from = last && placeOf(last);
    if (from) await setImmediate();
  }
  return found;
}

function placeOf({ started_at, id }: Pick<ExecutionRecord, 'started_at' | 'id'>): ListPlace {
  return { startedAt: started_at, startPosition: id };
}

/** Where a list begins: just outside of what the filter leaves. */
function edgeOf(order: Query['order'], { startedFrom, startedTo }: Narrowing): ListPlace {
  return order === 'newest'
    ? { startedAt: startedTo, startPosition: Number.MAX_SAFE_INTEGER }
    : { startedAt: startedFrom, startPosition: -1 };
}

function further(order: Query['order'], a: ListPlace | undefined, b: ListPlace): ListPlace {
  return a && compare(order, a, b) > 0 ? a : b;
}

/** Negative when `a` comes first. */
function compare(order: Query['order'], a: ListPlace, b: ListPlace): number {
  const oldestFirst = a.startedAt - b.startedAt || a.startPosition - b.startPosition;
  return order === 'oldest' ? oldestFirst : -oldestFirst;
}
