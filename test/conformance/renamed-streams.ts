import type { EventStore, StoredEvent } from '@fermata/engine';

/** A store whose streams have another namespace than its user gives them: many users of one server, each by itself. */
export function renamedStreams(
  store: EventStore,
  { from, to }: { readonly from: string; readonly to: string },
): EventStore {
  const inward = (stream: string): string => replacePrefix(stream, `${from}.`, `${to}.`);
  const outward = (events: readonly StoredEvent[]): readonly StoredEvent[] =>
    events.map((event) => ({ ...event, stream: replacePrefix(event.stream, `${to}.`, `${from}.`) }));
  return {
    append: (stream, commit, expected) => store.append(inward(stream), commit, expected),
    readStream: async (stream, options) => outward(await store.readStream(inward(stream), options)),
    readLog: async (options) => outward(await store.readLog(options)),
    head: () => store.head(),
    subscribe: (subscriber) =>
      store.subscribe({
        after: subscriber.after,
        onEvents: (events) => subscriber.onEvents(outward(events)),
        onCaughtUp: () => subscriber.onCaughtUp?.(),
        onDropped: (error) => subscriber.onDropped(error),
      }),
    truncate: (stream, before) => store.truncate(inward(stream), before),
    close: () => store.close(),
    [Symbol.asyncDispose]: () => store.close(),
  };
}

function replacePrefix(text: string, prefix: string, other: string): string {
  return text.startsWith(prefix) ? other + text.slice(prefix.length) : text;
}
