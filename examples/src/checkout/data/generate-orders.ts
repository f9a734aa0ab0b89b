import { writeFileSync } from 'node:fs';
import { loadCatalogue } from './catalogue.js';
import { dataFile } from './data-file.js';
import { makeOrders } from './make-orders.js';

/** The seed of the orders that lie in `examples/checkout`. */
const seed = 1742;

const cases = makeOrders(seed, loadCatalogue());

write(
  'orders.json',
  cases.map(({ order }) => order),
);
write(
  'approvals.json',
  byOrder(({ approval }) => approval),
);
write(
  'outcomes.json',
  byOrder(({ expected }) => expected),
);

function byOrder<T>(select: (orderCase: (typeof cases)[number]) => T): Record<string, T> {
  return Object.fromEntries(
    cases
      .filter((orderCase) => select(orderCase) !== undefined)
      .map((orderCase) => [orderCase.order.orderId, select(orderCase)]),
  );
}

function write(name: string, value: unknown): void {
  writeFileSync(dataFile(name), `${onShortLines(JSON.stringify(value, null, 2))}\n`);
}

/** Puts what holds nothing nested on one line each, as the formatter would. */
function onShortLines(json: string): string {
  const joined = (text: string): string => text.replace(/\n\s+/g, ' ');
  return json
    .replace(/\[\n\s+([^[\]{}]*?)\n\s+\]/g, (_, items: string) => `[${joined(items)}]`)
    .replace(/\{\n\s+([^{}]*?)\n\s+\}/g, (_, fields: string) => `{ ${joined(fields)} }`)
    .replace(/\[\n\s+(\{[^{}\n]*\})\n\s+\]/g, '[$1]');
}
