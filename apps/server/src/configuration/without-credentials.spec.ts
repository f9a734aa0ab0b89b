import { expect, it } from '@jest/globals';
import { withoutCredentials } from './without-credentials.js';

it.each([
  ['sqlite:./fermata.db', 'sqlite:./fermata.db'],
  ['esdb://admin:change%40it@node-1:2113?tls=true', 'esdb://node-1:2113?tls=true'],
  ['esdb+discover://u:p@a:2113,b:2113', 'esdb+discover://a:2113,b:2113'],
  ['kurrentdb://127.0.0.1:2113', 'kurrentdb://127.0.0.1:2113'],
])('%s is printed as %s', (address, printed) => {
  expect(withoutCredentials(address)).toBe(printed);
});
