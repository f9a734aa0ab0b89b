import {
  eventIdOf,
  type CommitMetadata,
  type JsonObject,
  type NewCommit,
  type Position,
  type Revision,
  type StoredEvent,
  type StreamId,
} from '@fermata/engine';

/** `position` and `revision` are those of the commit's last event. */
export type CommitRow = readonly [
  position: Position,
  revision: Revision,
  id: string,
  timestamp: number,
  metadata: string | null,
  events: string,
];

/** The columns of a `CommitRow`, in its order. */
export const commitColumns = 'position, revision, id, timestamp, metadata, events';

type EventCell = readonly [type: string, version: number, data: JsonObject];

export function encodeEvents(events: NewCommit['events']): string {
  return JSON.stringify(events.map(({ type, version, data }): EventCell => [type, version, data]));
}

export function encodeMetadata(metadata: CommitMetadata | undefined): string | null {
  return metadata === undefined ? null : JSON.stringify(metadata);
}

/** How many events the commit has, those forgotten included. */
export function countEvents(row: CommitRow): number {
  return decodeCells(row).length;
}

/** The row's events without those before `revision`, or `undefined` when that is all of them. */
export function withoutEventsBefore(row: CommitRow, revision: Revision): string | undefined {
  const cells = decodeCells(row);
  const first = row[1] - cells.length + 1;
  const kept = cells.map((cell, index) => (first + index < revision ? null : cell));
  return kept.some((cell) => cell !== null) ? JSON.stringify(kept) : undefined;
}

/** The commit's events in order, without those forgotten. */
export function decodeRow(stream: StreamId, row: CommitRow): StoredEvent[] {
  const [position, revision, id, timestamp, metadata] = row;
  const cells = decodeCells(row);
  return storedEvents(cells, {
    stream,
    id,
    timestamp,
    metadata: metadata === null ? noMetadata : (JSON.parse(metadata) as CommitMetadata),
    firstRevision: revision - cells.length + 1,
    firstPosition: position - cells.length + 1,
  });
}

/** The events of a commit that was just written, as a read would give them. */
export function toStoredEvents(
  stream: StreamId,
  commit: NewCommit,
  last: { revision: Revision; position: Position },
): StoredEvent[] {
  const cells = commit.events.map(({ type, version, data }): EventCell => [type, version, data]);
  return storedEvents(cells, {
    stream,
    id: commit.id,
    timestamp: commit.timestamp,
    metadata: commit.metadata ?? noMetadata,
    firstRevision: last.revision - cells.length + 1,
    firstPosition: last.position - cells.length + 1,
  });
}

const noMetadata: CommitMetadata = Object.freeze({});

interface CommitFacts {
  readonly stream: StreamId;
  readonly id: string;
  readonly timestamp: number;
  readonly metadata: CommitMetadata;
  readonly firstRevision: Revision;
  readonly firstPosition: Position;
}

function storedEvents(cells: readonly (EventCell | null)[], facts: CommitFacts): StoredEvent[] {
  const { stream, id, timestamp, metadata, firstRevision, firstPosition } = facts;
  const events: StoredEvent[] = [];
  cells.forEach((cell, index) => {
    if (cell === null) return;
    const [type, version, data] = cell;
    events.push({
      type,
      version,
      data,
      id: index === 0 ? id : eventIdOf(id, index),
      stream,
      revision: firstRevision + index,
      position: firstPosition + index,
      timestamp,
      metadata,
    });
  });
  return events;
}

function decodeCells(row: CommitRow): readonly (EventCell | null)[] {
  return JSON.parse(row[5]) as readonly (EventCell | null)[];
}
