/**
 * What becomes of message handlers that still run when the workflow function returns. `wait`: the run closes when they
 * have ended; `report`: it closes at once, they are cut off, and the closing event names their messages.
 */
export const unfinishedHandlersOptions = ['wait', 'report'] as const;
export type UnfinishedHandlers = (typeof unfinishedHandlersOptions)[number];
