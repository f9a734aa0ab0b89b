import type { EventStore, Position, Revision, StoredEvent, StreamId } from '../event-store/event-store.js';
import type { HistoryOutline } from './execution-memory.js';
import { fromStoredEvent, type RevisedEvent } from './history-event.js';

export interface OutlinedHistory extends HistoryOutline {
  /** The last event's; nothing when the stream is empty. */
  readonly last: { readonly revision: Revision; readonly position: Position } | undefined;
  /** The events in order, page by page. */
  pages(): AsyncIterable<readonly RevisedEvent[]>;
}

const pageEvents = 1_000;
/** Longer histories are read twice, so that memory stays bounded. */
const keptEventsMax = 50_000;

/** Goes through a stream once for what must be known before its code is run over it. */
export async function readHistory(store: EventStore, stream: StreamId): Promise<OutlinedHistory> {
  const kept: (readonly RevisedEvent[])[] = [];
  let [newestStart, count] = [0, 0];
  let patchesMarked = new Set<string>();
  let last: StoredEvent | undefined;
  for await (const page of readPages(store, stream, Infinity)) {
    last = page.at(-1);
    count += page.length;
    const events = page.map(fromStoredEvent);
    for (const { event, revision } of events) {
      if (event.type === 'WorkflowStarted') [newestStart, patchesMarked] = [revision, new Set()];
      else if (event.type === 'PatchMarked') patchesMarked.add(event.patchId);
    }
    if (count <= keptEventsMax) kept.push(events);
    else kept.length = 0;
  }
  const isKept = count <= keptEventsMax;
  const end = last?.revision ?? -1;
  return {
    newestStart,
    patchesMarked,
    last,
    async *pages() {
      if (isKept) yield* kept;
      else for await (const page of readPages(store, stream, end)) yield page.map(fromStoredEvent);
    },
  };
}

async function* readPages(
  store: EventStore,
  stream: StreamId,
  until: Revision,
): AsyncGenerator<readonly StoredEvent[]> {
  for (let from = 0; from <= until;) {
    const page = await store.readStream(stream, { from, limit: pageEvents });
    const wanted = page.filter(({ revision }) => revision <= until);
    const last = wanted.at(-1);
    if (!last) return;
    yield wanted;
    if (page.length < pageEvents) return;
    from = last.revision + 1;
  }
}
