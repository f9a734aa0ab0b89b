import { ListExecutions } from '@fermata/nestjs';
import { defined } from '../requests/defined.js';
import { Fields } from '../requests/fields.js';
import { readPosition } from '../requests/read-at.js';

const pageItemsMax = 1_000;

export function readListExecutions(query: unknown, namespace: string): ListExecutions {
  const fields = new Fields(query, 'query');
  const options = defined({
    filter: fields.optionalText('filter'),
    order: fields.oneOf('order', ['newest', 'oldest']),
    limit: fields.count('limit', { min: 1, max: pageItemsMax }),
    cursor: fields.optionalText('cursor'),
    position: readPosition(fields),
  });
  fields.finish();
  return new ListExecutions({ namespace, ...options });
}
