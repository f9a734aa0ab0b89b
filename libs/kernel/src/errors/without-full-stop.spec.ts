import { expect, it } from '@jest/globals';
import { withoutFullStop } from './without-full-stop.js';

it('leaves out the full stop at the end and nothing else', () => {
  expect(withoutFullStop('-5 is not above 0.')).toBe('-5 is not above 0');
  expect(withoutFullStop('took 1.5 s')).toBe('took 1.5 s');
});
