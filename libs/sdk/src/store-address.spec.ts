import { describe, expect, it } from '@jest/globals';
import { isEventStoreDbAddress, parseSqliteAddress, readModelFileBeside, readModelFileOf } from './store-address.js';

describe('The address of a store', () => {
  it.each(['esdb://h:2113', 'esdb+discover://h', 'kurrentdb://u:p@h', 'kurrentdb+discover://a,b?tls=false'])(
    '%s names a server',
    (address) => expect(isEventStoreDbAddress(address)).toBe(true),
  );

  it.each(['sqlite:./esdb.db', 'sqlite:esdb://x', 'postgres://h/db', 'esdb:h'])('%s names none', (address) =>
    expect(isEventStoreDbAddress(address)).toBe(false),
  );

  it('names a file', () => {
    expect(parseSqliteAddress('sqlite:./fermata.db', 'store')).toBe('./fermata.db');
    expect(parseSqliteAddress('sqlite:///data/log.db', 'store')).toBe('/data/log.db');
  });

  it('is refused when it is neither, without its password', () => {
    expect(() => parseSqliteAddress('postgres://ada:sesame@h/db', 'readModel')).toThrow(
      expect.objectContaining({
        code: 'CONFIGURATION_INVALID',
        message: expect.stringMatching(/^readModel "postgres:\/\/h\/db"/),
      }),
    );
  });

  it('puts the read model beside a file, and under its namespace where there is none', () => {
    expect(readModelFileBeside('/data/fermata.db')).toBe('/data/fermata.read-model.db');
    expect(readModelFileOf('shop')).toBe('./fermata.shop.read-model.db');
  });
});
