import { readDataFile } from './data-file.js';

export interface Article {
  readonly sku: string;
  readonly name: string;
  readonly unitPriceCents: number;
  readonly onHand: number;
  /** Goes by freight, not by parcel. */
  readonly isBulky?: boolean;
  /** No carrier takes it. */
  readonly isRefused?: boolean;
}

interface Carrier {
  readonly name: string;
  /** It is down at first, and comes back after missing so many calls. */
  readonly callsMissed: number;
}

/** What the shop sells, and who carries it. */
export interface Catalogue {
  readonly articles: readonly Article[];
  readonly carriers: { readonly parcel: Carrier; readonly freight: Carrier };
}

export function loadCatalogue(): Catalogue {
  return readDataFile('catalogue.json') as Catalogue;
}
