import { newUuidV7, StartWorkflow, systemRandom } from '@fermata/engine';
import { conflictPolicies, idReusePolicies, parseName, type RetryOptions } from '@fermata/kernel';
import { defined } from '../requests/defined.js';
import { Fields } from '../requests/fields.js';

/**
 * Reads the body of a start. Without a workflow ID the request's ID is taken, so that a repeat finds the first run;
 * without that, a new UUID.
 * @throws FermataError `VALIDATION_FAILED` with every problem
 */
export function readStartExecution(body: unknown, namespace: string): StartWorkflow {
  const fields = new Fields(body, 'body');
  const workflowType = fields.text('workflowType');
  const workflowId = fields.optionalText('workflowId');
  const options = defined({
    requestId: fields.optionalText('requestId'),
    conflictPolicy: fields.oneOf('conflictPolicy', conflictPolicies),
    idReusePolicy: fields.oneOf('idReusePolicy', idReusePolicies),
    memo: fields.any('memo'),
    startDelay: fields.duration('startDelay'),
    runTimeout: fields.duration('runTimeout'),
    executionTimeout: fields.duration('executionTimeout'),
    retry: readRetry(fields.object('retry')),
  });
  const input = fields.any('input');
  fields.notYet('searchAttributes');
  fields.finish();
  const id = workflowId ?? options.requestId ?? newUuidV7(Date.now(), systemRandom);
  return new StartWorkflow({ namespace, workflowId: parseName(id, 'workflow ID') }, workflowType, input, options);
}

/** The numbers' ranges are the engine's to check. */
function readRetry(fields: Fields | undefined): RetryOptions | undefined {
  return (
    fields &&
    defined({
      maxAttempts: fields.number('maxAttempts'),
      initialInterval: fields.duration('initialInterval'),
      backoff: fields.number('backoff'),
      maxInterval: fields.duration('maxInterval'),
      nonRetryable: fields.texts('nonRetryable'),
    })
  );
}
