import { Ledger, type ServiceCall } from './ledger.js';

const charge: ServiceCall = { idempotencyKey: 'k-1', orderId: 'A-1', action: 'charge', request: { amountCents: 100 } };

describe('ledger', () => {
  it('has an effect once under a key, and answers a repeat with the first result', () => {
    using ledger = Ledger.open(':memory:');
    let charged = 0;
    const first = ledger.perform(charge, () => ({ paymentId: `pay-${++charged}` }));
    expect(ledger.perform(charge, () => ({ paymentId: `pay-${++charged}` }))).toEqual(first);
    expect(charged).toBe(1);
    expect(ledger.effects()).toHaveLength(1);
    expect(ledger.calls().map(({ answer }) => answer)).toEqual(['done', 'repeated']);
  });

  it('records no effect when the work throws, and has it when it is asked again', () => {
    using ledger = Ledger.open(':memory:');
    expect(() =>
      ledger.perform(charge, () => {
        ledger.database.exec('CREATE TABLE half_done (id INTEGER)');
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(ledger.effects()).toEqual([]);
    expect(() => ledger.database.exec('SELECT * FROM half_done')).toThrow('no such table');
    ledger.perform(charge, () => 'done');
    expect(ledger.calls().map(({ answer }) => answer)).toEqual(['refused', 'done']);
  });

  it('refuses a key that was used for something else', () => {
    using ledger = Ledger.open(':memory:');
    ledger.perform(charge, () => 'done');
    expect(() => ledger.perform({ ...charge, request: { amountCents: 200 } }, () => 'done')).toThrow('something else');
    expect(ledger.effects()).toHaveLength(1);
  });
});
