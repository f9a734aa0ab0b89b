import { executionStatuses, type ExecutionStatus } from '../read-model.js';
import type { Comparator, Comparison, Filter } from './filter.js';
import { malformedFilter } from './malformed-filter.js';
import { tokenise, type Token } from './tokenise.js';

/** Longest filter, in UTF-16 code units. */
export const filterCharsMax = 4_000;
/** How deep parentheses and `not` may be nested: the parser and the database recurse. */
export const filterDepthMax = 32;
/** How many values `in` may list. */
export const filterInValuesMax = 100;

const textFields = ['workflowType', 'workflowId', 'buildId'] as const;
const timeFields = ['startedAt', 'closedAt'] as const;
const fields = [...textFields, 'status', ...timeFields] as const;
type Field = (typeof fields)[number];

/**
 * Parses a filter; docs/reference/filter.md has the grammar. An empty one holds for every run.
 * @throws FermataError `MALFORMED_FILTER`, pointing at the first mistake
 */
export function parseFilter(filter: string): Filter {
  if (filter.length > filterCharsMax) {
    const problem = `it is longer than ${filterCharsMax} characters`;
    throw malformedFilter(filter, filterCharsMax, problem, 'Split it into several queries.');
  }
  return new Parser(filter).parse();
}

/** Recursive descent: one method a rule of the grammar. */
class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(private readonly filter: string) {
    this.#tokens = tokenise(filter);
  }

  parse(): Filter {
    if (this.#next().kind === 'end') return { kind: 'and', operands: [] };
    const parsed = this.#or();
    if (this.#next().kind !== 'end') throw this.#unexpected('"and", "or" or the end');
    return parsed;
  }

  #or(): Filter {
    return this.#joined('or', () => this.#joined('and', () => this.#unary()));
  }

  #joined(kind: 'and' | 'or', operand: () => Filter): Filter {
    const first = operand();
    if (!this.#isWord(kind)) return first;
    const operands = [first];
    while (this.#takeWord(kind)) operands.push(operand());
    return { kind, operands };
  }

  #unary(): Filter {
    if (this.#takeWord('not')) return { kind: 'not', operand: this.#nested(() => this.#unary()) };
    if (!this.#takeMark('(')) return this.#comparison();
    const inner = this.#nested(() => this.#or());
    if (!this.#takeMark(')')) throw this.#unexpected('")"');
    return inner;
  }

  #nested(inner: () => Filter): Filter {
    if (++this.#depth > filterDepthMax) {
      const problem = `parentheses and "not" are nested deeper than ${filterDepthMax}`;
      throw malformedFilter(this.filter, this.#next().offset, problem, 'Write it flatter.');
    }
    const parsed = inner();
    this.#depth--;
    return parsed;
  }

  #comparison(): Filter {
    const field = this.#field();
    if (this.#takeWord('in')) return this.#oneOf(field);
    const { kind, value, offset } = this.#next();
    if (kind !== 'comparator') throw this.#unexpected('a comparison (= != < <= > >=) or "in"');
    this.#at++;
    const comparator = value as Comparator;
    if (field === 'status' && comparator !== '=' && comparator !== '!=') {
      throw malformedFilter(this.filter, offset, 'statuses have no order', 'Use =, != or "in".');
    }
    return this.#value(field, comparator);
  }

  #field(): Field {
    const { kind, value, offset } = this.#next();
    if (kind !== 'word') throw this.#unexpected('a field, "not" or "("');
    const field = fields.find((known) => known === value);
    if (field === undefined) {
      throw malformedFilter(this.filter, offset, `there is no field ${value}`, `Fields are ${fields.join(', ')}.`);
    }
    this.#at++;
    return field;
  }

  #oneOf(field: Field): Filter {
    if (!this.#takeMark('(')) throw this.#unexpected('"(" after "in"');
    const operands = [this.#value(field, '=')];
    while (this.#takeMark(',')) {
      if (operands.length === filterInValuesMax) {
        const problem = `"in" lists more than ${filterInValuesMax} values`;
        throw malformedFilter(this.filter, this.#next().offset, problem, 'Split it into several queries.');
      }
      operands.push(this.#value(field, '='));
    }
    if (!this.#takeMark(')')) throw this.#unexpected('"," or ")"');
    return { kind: 'or', operands };
  }

  #value(field: Field, comparator: Comparator): Comparison {
    const { kind, value, offset } = this.#next();
    if (kind !== 'text') throw this.#unexpected('a value in double quotes');
    this.#at++;
    if (field === 'workflowType' || field === 'workflowId' || field === 'buildId')
      return { kind: 'text', field, comparator, value };
    if (field !== 'status') return { kind: 'time', field, comparator, value: this.#toTime(value, offset) };
    const status = this.#toStatus(value, offset);
    return { kind: 'status', field, comparator: comparator === '=' ? '=' : '!=', value: status };
  }

  #toStatus(value: string, offset: number): ExecutionStatus {
    const status = executionStatuses.find((known) => known === value);
    if (status !== undefined) return status;
    const problem = `there is no status ${JSON.stringify(value)}`;
    throw malformedFilter(this.filter, offset, problem, `Statuses are ${executionStatuses.join(', ')}.`);
  }

  #toTime(value: string, offset: number): number {
    const at = isoTime.test(value) ? Date.parse(value) : NaN;
    if (!Number.isNaN(at)) return at;
    const problem = `${JSON.stringify(value)} is no time`;
    throw malformedFilter(this.filter, offset, problem, 'Write it like "2026-01-31T08:30:00Z", or as a date alone.');
  }

  #next(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', value: '', offset: this.filter.length };
  }

  #isWord(word: string): boolean {
    const { kind, value } = this.#next();
    return kind === 'word' && value.toLowerCase() === word;
  }

  #takeWord(word: string): boolean {
    const isNext = this.#isWord(word);
    if (isNext) this.#at++;
    return isNext;
  }

  #takeMark(mark: string): boolean {
    const { kind, value } = this.#next();
    const isNext = kind === 'mark' && value === mark;
    if (isNext) this.#at++;
    return isNext;
  }

  #unexpected(expected: string): Error {
    const { kind, value, offset } = this.#next();
    const found = kind === 'end' ? 'the end' : JSON.stringify(value);
    return malformedFilter(
      this.filter,
      offset,
      `expected ${expected}, found ${found}`,
      'See docs/reference/filter.md.',
    );
  }
}

/** ISO 8601 with a time zone, or a date alone, which is its first moment in UTC. */
const isoTime = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;
