import type { Appended, ExpectedRevision, NewCommit, StreamId } from '@fermata/engine';
import { FaultyEventStore, type FaultyStoreParts } from '../simulation/faulty-event-store.js';

/** The log as a process reaches it that dies rather than append once more after its time is up. */
export class DoomedEventStore extends FaultyEventStore {
  /** @param mayAppend asked before each append; where it says no, the process has just been killed */
  constructor(
    parts: FaultyStoreParts,
    private readonly mayAppend: () => boolean,
  ) {
    super(parts);
  }

  override append(stream: StreamId, commit: NewCommit, expected: ExpectedRevision): Promise<Appended> {
    return this.mayAppend() ? super.append(stream, commit, expected) : new Promise(() => undefined);
  }
}
