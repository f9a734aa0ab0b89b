import { FermataError } from '@fermata/kernel';

/** How much of the filter is shown on either side of the mistake, in UTF-16 code units. */
const shownCharsMax = 60;

/** @param offset where in the filter the mistake is, in UTF-16 code units from 0 */
export function malformedFilter(filter: string, offset: number, problem: string, fix: string): FermataError {
  return new FermataError('MALFORMED_FILTER', {
    message: `The filter has a mistake at offset ${offset}: ${problem}.\n${pointAt(filter, offset)}\n`,
    fix,
    details: { offset },
  });
}

/** The filter's text round the place, on one line, and a caret under it. */
function pointAt(filter: string, offset: number): string {
  const from = Math.max(0, offset - shownCharsMax);
  const shown = filter.slice(from, offset + shownCharsMax).replace(/\s/g, ' ');
  return `  ${shown}\n  ${' '.repeat(offset - from)}^`;
}
