import { describe, expect, it } from '@jest/globals';
import { connect, unreachable } from './connection.js';

describe('A connection string', () => {
  it.each(['esdb', 'esdb+discover', 'kurrentdb', 'kurrentdb+discover'])('may begin with %s', async (scheme) => {
    const client = connect(`${scheme}://127.0.0.1:2113?tls=false`);
    await client.dispose();
  });

  it.each([
    ['sqlite:./fermata.db', /esdb:\/\/host:2113/],
    ['esdb://127.0.0.1:port', /isn't valid/],
    ['esdb://127.0.0.1:2113?throwOnAppendFailure=false', /hides conflicts/],
  ])('%s is refused, with what to do', (connectionString, message) => {
    expect(() => connect(connectionString)).toThrow(message);
    expect(() => connect(connectionString)).toThrow(expect.objectContaining({ code: 'CONFIGURATION_INVALID' }));
  });

  it('is never repeated in an error with its password', () => {
    const secret = 'esdb://ada:sesame@node1:2113,node2:2113?tls=maybe';
    expect(() => connect(secret)).toThrow(expect.objectContaining({ message: expect.not.stringContaining('sesame') }));
    const { message } = unreachable(secret, new Error('refused'));
    expect(message).toContain('node1:2113,node2:2113 (refused)');
    expect(message).not.toContain('sesame');
  });
});
