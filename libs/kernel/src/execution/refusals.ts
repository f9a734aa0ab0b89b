import { FermataError } from '../errors/fermata-error.js';
import type { RunId } from './events.js';

/** The run isn't this node's to run or to change. */
export function runPinned(workflowId: string, buildId: string, ownBuildId: string | undefined): FermataError {
  return new FermataError('RUN_PINNED', {
    message: `Execution "${workflowId}" is pinned to build "${buildId}", and this node is of ${ownBuildId === undefined ? 'no build' : `build "${ownBuildId}"`}.`,
    fix: `Ask a node of build "${buildId}": only those run it and take its messages.`,
    details: { buildId },
  });
}

export function executionNotFound(workflowId: string, runId?: RunId): FermataError {
  return new FermataError('EXECUTION_NOT_FOUND', {
    message: `There is no execution "${workflowId}"${runId === undefined ? '' : ` with run ${runId}`}.`,
    fix: 'Check the workflow ID and the namespace, or start it first.',
  });
}

export function executionClosed(workflowId: string, runId: RunId): FermataError {
  return new FermataError('EXECUTION_CLOSED', {
    message: `Run ${runId} of "${workflowId}" has closed.`,
    fix: 'Look at its result, or start a new run under the same ID.',
    details: { runId },
  });
}

export function alreadyStarted(workflowId: string, runId: RunId): FermataError {
  return new FermataError('WORKFLOW_ALREADY_STARTED', {
    message: `"${workflowId}" already runs as ${runId}.`,
    fix: 'Use another workflow ID, repeat the first requestId to get the first run, or set conflictPolicy to use-existing or terminate-existing.',
    details: { runId },
  });
}

export function idUsed(workflowId: string, runId: RunId): FermataError {
  return new FermataError('WORKFLOW_ALREADY_STARTED', {
    message: `"${workflowId}" was used by run ${runId}, and idReusePolicy doesn't allow another run after it.`,
    fix: 'Use another workflow ID or another idReusePolicy.',
    details: { runId },
  });
}
