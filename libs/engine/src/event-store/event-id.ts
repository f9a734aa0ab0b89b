const indexDigits = 4;
/** How many events one commit may hold: what four hex digits count. */
export const commitEventsMax = 16 ** indexDigits;

/** The ID of a commit's event: the commit's own, its last four hex digits counting the events. */
export function eventIdOf(commitId: string, index: number): string {
  return commitId.slice(0, -indexDigits) + index.toString(16).padStart(indexDigits, '0');
}

/** A UUID made fit to be a commit's ID. */
export function toCommitId(uuid: string): string {
  return uuid.slice(0, -indexDigits) + '0'.repeat(indexDigits);
}
