import type { Approval } from '../approval.js';
import { totalCents, type Order, type OrderLine } from '../order.js';
import type { Article, Catalogue } from './catalogue.js';
import type { ExpectedOutcome, OrderCase } from './orders.js';
import { Seeded } from './seeded.js';

type Kind =
  | 'plain'
  | 'risky and approved'
  | 'risky and turned down'
  | 'out of stock'
  | 'card declined'
  | 'refused by every carrier'
  | 'carrier down';

/** How many of each there are among the 200 orders. */
const counts: Readonly<Record<Kind, number>> = {
  plain: 159,
  'risky and approved': 12,
  'risky and turned down': 8,
  'out of stock': 9,
  'card declined': 8,
  'refused by every carrier': 3,
  'carrier down': 1,
};

const firstOrderNumber = 1001;
const lineCountMax = 12;
/** A basket of plain orders stays below what the fraud score calls large. */
const plainTotalCentsMax = 149_999;

const customers = [
  ['ana.lopes@example.com', 'EUR'],
  ['bogdan.ionescu@example.com', 'EUR'],
  ['camille.moreau@example.com', 'EUR'],
  ['chiara.conti@example.com', 'EUR'],
  ['daniel.okafor@example.com', 'GBP'],
  ['eilidh.macrae@example.com', 'GBP'],
  ['elena.petrova@example.com', 'EUR'],
  ['fritz.baumann@example.com', 'CHF'],
  ['grace.nakamura@example.com', 'USD'],
  ['henrik.solberg@example.com', 'EUR'],
  ['ines.ferreira@example.com', 'EUR'],
  ['jakub.nowak@example.com', 'EUR'],
  ['kwame.mensah@example.com', 'GBP'],
  ['lena.hofer@example.com', 'CHF'],
  ['maya.goldberg@example.com', 'USD'],
  ['nils.lindqvist@example.com', 'EUR'],
  ['oisin.byrne@example.com', 'EUR'],
  ['priya.raman@example.com', 'GBP'],
  ['quentin.leroy@example.com', 'EUR'],
  ['rosa.delgado@example.com', 'USD'],
  ['school.of.music@example.org', 'EUR'],
  ['sofia.marino@example.com', 'EUR'],
  ['tomas.kral@example.com', 'EUR'],
  ['youth.orchestra@example.org', 'USD'],
] as const;

const operators = ['petra.novak', 'samir.haddad'] as const;
const cards = ['visa', 'mastercard', 'amex', 'sepa'] as const;

/** Makes orders of every kind, each with what it must come to. The same seed makes the same orders. */
export function makeOrders(seed: number, catalogue: Catalogue): readonly OrderCase[] {
  const draw = new Seeded(seed);
  const kinds = Object.entries(counts).flatMap(([kind, count]) => Array<Kind>(count).fill(kind as Kind));
  return draw.shuffle(kinds).map((kind, index) => makeCase(kind, `A-${firstOrderNumber + index}`, draw, catalogue));
}

function makeCase(kind: Kind, orderId: string, draw: Seeded, catalogue: Catalogue): OrderCase {
  const [customer, currency] = draw.pick(customers);
  const lines = makeLines(kind, draw, catalogue);
  const order: Order = { orderId, customer, currency, paymentToken: makeToken(kind, draw), lines };
  return { order, approval: makeApproval(kind, draw), expected: expectedOf(kind, order, catalogue) };
}

function makeLines(kind: Kind, draw: Seeded, { articles }: Catalogue): readonly OrderLine[] {
  const special = specialLines(kind, draw, articles);
  const ordinary = articles.filter(({ isBulky, isRefused, onHand, unitPriceCents }) => {
    return !isBulky && !isRefused && onHand > 100 && unitPriceCents <= plainTotalCentsMax;
  });
  const wanted = draw.between(1, lineCountMax);
  const lines = [...special];
  for (const article of draw.shuffle(ordinary)) {
    const line = toLine(article, article.unitPriceCents < 5_000 ? draw.between(1, 4) : 1);
    const isTooMuch = kind !== 'risky and approved' && total([...lines, line]) > plainTotalCentsMax;
    if (lines.length < wanted && !isTooMuch) lines.push(line);
  }
  return draw.shuffle(lines);
}

function specialLines(kind: Kind, draw: Seeded, articles: readonly Article[]): readonly OrderLine[] {
  const of = (sku: string, quantity = 1): OrderLine => toLine(articleOf(articles, sku), quantity);
  switch (kind) {
    case 'risky and approved':
    case 'risky and turned down':
      return [of(draw.pick(['VLN-MASTER', 'SAX-ALTO-PRO']))];
    case 'out of stock':
      return [draw.next() < 0.5 ? of('LTD-PEDAL-78') : of('BOC-BSN-CC2', 3)];
    case 'refused by every carrier':
      return [of('LAC-SPRAY', draw.between(1, 4))];
    case 'carrier down':
      return [of('PNO-DIG-88')];
    case 'plain':
    case 'card declined':
      return [];
  }
}

function makeToken(kind: Kind, draw: Seeded): string {
  const number = draw.between(100_000, 999_999);
  switch (kind) {
    case 'risky and approved':
    case 'risky and turned down':
      return `tok_prepaid_${number}`;
    case 'card declined':
      return `tok_declined_${number}`;
    default:
      return `tok_${draw.pick(cards)}_${number}`;
  }
}

function makeApproval(kind: Kind, draw: Seeded): Approval | undefined {
  if (kind !== 'risky and approved' && kind !== 'risky and turned down') return undefined;
  return { approved: kind === 'risky and approved', by: draw.pick(operators) };
}

function expectedOf(kind: Kind, order: Order, { carriers }: Catalogue): ExpectedOutcome {
  switch (kind) {
    case 'out of stock':
      return { status: 'failed', code: 'OUT_OF_STOCK', compensated: [] };
    case 'card declined':
      return { status: 'failed', code: 'CARD_DECLINED', compensated: ['reserve stock'] };
    case 'risky and turned down':
      return { status: 'failed', code: 'ORDER_REJECTED', compensated: ['reserve stock'] };
    case 'refused by every carrier':
      return { status: 'failed', code: 'PARCEL_REFUSED', compensated: ['charge card', 'reserve stock'] };
    case 'carrier down':
      return {
        status: 'completed',
        totalCents: totalCents(order),
        carrierCallsMissed: carriers.freight.callsMissed,
      };
    case 'plain':
    case 'risky and approved':
      return { status: 'completed', totalCents: totalCents(order) };
  }
}

function toLine({ sku, unitPriceCents }: Article, quantity: number): OrderLine {
  return { sku, quantity, unitPriceCents };
}

function articleOf(articles: readonly Article[], sku: string): Article {
  const article = articles.find((candidate) => candidate.sku === sku);
  if (article === undefined) throw new Error(`The catalogue has no ${sku}.`);
  return article;
}

function total(lines: readonly OrderLine[]): number {
  return lines.reduce((sum, { quantity, unitPriceCents }) => sum + quantity * unitPriceCents, 0);
}
