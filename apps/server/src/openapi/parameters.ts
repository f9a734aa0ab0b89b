/** What each query parameter and header means, the same on every route that has it. */
export const queryParameters = {
  runId: { description: 'The run meant. Default: the newest.', schema: { type: 'string' } },
  position: {
    description: 'Answer from at least this position, which a write gave; waits for it up to 5 s.',
    schema: { type: 'integer', minimum: 0 },
  },
  wait: {
    description: 'How long to wait, such as `30s`; at most 60 s. Default: not at all.',
    schema: { type: 'string' },
  },
  filter: { description: 'In the language of docs/reference/filter.md.', schema: { type: 'string' } },
  order: { description: 'By start. Default `newest`.', schema: { type: 'string', enum: ['newest', 'oldest'] } },
  limit: { description: 'The most items of a page.', schema: { type: 'integer', minimum: 1 } },
  cursor: { description: 'The `nextCursor` of the page before.', schema: { type: 'string' } },
  from: { description: 'The first revision wanted.', schema: { type: 'integer', minimum: 0 } },
  direction: { description: 'Default `forwards`.', schema: { type: 'string', enum: ['forwards', 'backwards'] } },
};

export const headers = {
  'Idempotency-Key': { description: 'Makes a repeat of the request count once.', schema: { type: 'string' } },
};
