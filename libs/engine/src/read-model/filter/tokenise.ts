import { malformedFilter } from './malformed-filter.js';

export interface Token {
  readonly kind: 'word' | 'text' | 'comparator' | 'mark' | 'end';
  /** As written; of a text, what its quotes and escapes stand for. */
  readonly value: string;
  /** In UTF-16 code units from 0. */
  readonly offset: number;
}

// One alternative a token, spaces first. A text is read to its closing quote; JSON settles what its escapes mean.
const pattern = /(\s+)|([A-Za-z][A-Za-z0-9_.]*)|("(?:[^"\\]|\\.)*")|(<=|>=|!=|[=<>])|([(),])/suy;

/** @throws FermataError `MALFORMED_FILTER`: a character that begins no token, or a text that isn't one */
export function tokenise(filter: string): readonly Token[] {
  const tokens: Token[] = [];
  let offset = 0;
  while (offset < filter.length) {
    pattern.lastIndex = offset;
    const match = pattern.exec(filter);
    if (!match) throw noToken(filter, offset);
    const [all, , word, text, comparator, mark] = match;
    if (word !== undefined) tokens.push({ kind: 'word', value: word, offset });
    else if (text !== undefined) tokens.push({ kind: 'text', value: unquote(filter, text, offset), offset });
    else if (comparator !== undefined) tokens.push({ kind: 'comparator', value: comparator, offset });
    else if (mark !== undefined) tokens.push({ kind: 'mark', value: mark, offset });
    offset += all.length;
  }
  return [...tokens, { kind: 'end', value: '', offset }];
}

function noToken(filter: string, offset: number): Error {
  if (filter[offset] === '"') return malformedFilter(filter, offset, 'this text has no end', 'Close it with a ".');
  const problem = `${JSON.stringify(filter[offset])} has no meaning here`;
  return malformedFilter(filter, offset, problem, 'Texts and times go in double quotes.');
}

function unquote(filter: string, quoted: string, offset: number): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    const problem = 'this text has an escape or a control character that a text can’t have';
    throw malformedFilter(
      filter,
      offset,
      problem,
      'Escapes are those of JSON: \\" \\\\ \\/ \\b \\f \\n \\r \\t \\u0000.',
    );
  }
}
