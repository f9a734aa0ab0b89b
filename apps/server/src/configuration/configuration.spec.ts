import { describe, expect, it } from '@jest/globals';
import { readConfiguration } from './configuration.js';

describe('The configuration', () => {
  it('has defaults for everything', () => {
    expect(readConfiguration({})).toEqual({
      store: 'sqlite:./fermata.db',
      host: '127.0.0.1',
      httpPort: 4400,
      namespace: 'default',
      logLevel: 'info',
    });
  });

  it('takes what the environment says', () => {
    const environment = {
      FERMATA_STORE: 'sqlite:/data/log.db',
      FERMATA_READ_MODEL: 'sqlite:/data/read.db',
      FERMATA_HOST: '::1',
      FERMATA_HTTP_PORT: '0',
      FERMATA_NAMESPACE: 'shop',
      FERMATA_LOG_LEVEL: 'warn',
    };
    expect(readConfiguration(environment)).toEqual({
      store: 'sqlite:/data/log.db',
      readModel: 'sqlite:/data/read.db',
      host: '::1',
      httpPort: 0,
      namespace: 'shop',
      logLevel: 'warn',
    });
  });

  it.each([
    ['FERMATA_HTTP_PORT', 'http'],
    ['FERMATA_HTTP_PORT', '65536'],
    ['FERMATA_HTTP_PORT', '-1'],
    ['FERMATA_NAMESPACE', 'My Shop'],
    ['FERMATA_LOG_LEVEL', 'loud'],
  ])('refuses %s=%s, and names it', (name, text) => {
    expect(() => readConfiguration({ [name]: text })).toThrow(`${name}=${text} can't be used.`);
  });

  it.each(['0.0.0.0', '::', '192.168.1.7', 'example.org', '127.evil.example'])(
    'listens on %s only when the operator lets everyone in',
    (host) => {
      expect(() => readConfiguration({ FERMATA_HOST: host })).toThrow('FERMATA_ALLOW_UNAUTHENTICATED=1');
      expect(readConfiguration({ FERMATA_HOST: host, FERMATA_ALLOW_UNAUTHENTICATED: '1' })).toMatchObject({ host });
    },
  );
});
