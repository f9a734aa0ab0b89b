/**
 * What cancellation does to a step or a child that is under way. `try`: it is told, and the workflow goes on at once;
 * `wait`: it is told, and the workflow waits for how it ends; `abandon`: it isn't told, and nobody looks at how it ends.
 */
export const cancellationModes = ['try', 'wait', 'abandon'] as const;
export type CancellationMode = (typeof cancellationModes)[number];

/** A child has one more. `requested`: it is told, and the workflow goes on once the request is durable with it. */
export type ChildCancellationMode = CancellationMode | 'requested';
