import { parseArgs } from 'node:util';

export interface DemoOptions {
  /** How many of the orders, from the first on. */
  readonly orders: number;
  /** The engine is killed when so many runs are half-way. */
  readonly halfWay: number;
}

const orderCountMax = 200;
const halfWayDefault = 60;

/** @throws RangeError a number out of range; TypeError an option that there isn't */
export function parseDemoOptions(args: readonly string[]): DemoOptions {
  const { values } = parseArgs({
    args: [...args],
    options: { orders: { type: 'string' }, 'half-way': { type: 'string' } },
  });
  const orders = wholeNumber(values.orders ?? String(orderCountMax), '--orders', orderCountMax);
  return { orders, halfWay: wholeNumber(values['half-way'] ?? String(halfWayDefault), '--half-way', orders) };
}

function wholeNumber(text: string, name: string, max: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw new RangeError(`${name} is ${text}: give a whole number from 1 to ${max}.`);
}
