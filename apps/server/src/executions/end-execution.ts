import type { EndWorkflowOptions } from '@fermata/engine';
import { defined } from '../requests/defined.js';
import { Fields } from '../requests/fields.js';

/** The body of a cancel and of a terminate; it may be absent. */
export function readEndExecution(body: unknown): EndWorkflowOptions {
  const fields = new Fields(body, 'body');
  const options = defined({ reason: fields.optionalText('reason'), runId: fields.optionalText('runId') });
  fields.finish();
  return options;
}
