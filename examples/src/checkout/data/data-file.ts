import { readFileSync } from 'node:fs';

/** The example's data lies beside `src` and `dist`, three levels up from either. */
const folder = new URL('../../../checkout/', import.meta.url);

export function dataFile(name: string): URL {
  return new URL(name, folder);
}

/** Reads a file that `generate-orders.ts` wrote or that is kept by hand; `data.int.spec.ts` holds each to its type. */
export function readDataFile(name: string): unknown {
  return JSON.parse(readFileSync(dataFile(name), 'utf8'));
}
