import {
  FermataError,
  toMillis,
  validationFailed,
  type Duration,
  type Millis,
  type StandardIssue,
} from '@fermata/kernel';

/** Bounds of a whole number, both included. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/**
 * Reads the named fields of a body or of query parameters, and gathers every problem until `finish`. Hand-written,
 * since it must hand on payloads untouched.
 */
export class Fields {
  readonly #values: ReadonlyMap<string, unknown>;
  readonly #issues: StandardIssue[] = [];
  readonly #known = new Set<string>();
  readonly #objects: Fields[] = [];

  /**
   * @param what how the error text calls it; an absent body has no fields
   * @param path where it stands in the whole
   */
  constructor(
    value: unknown,
    private readonly what: string,
    private readonly path: readonly string[] = [],
  ) {
    const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (!isRecord && value !== undefined) this.#issues.push({ path, message: 'must be a JSON object' });
    this.#values = new Map(isRecord ? Object.entries(value) : []);
  }

  /** Whatever JSON there is. */
  any(name: string): unknown {
    this.#known.add(name);
    return this.#values.get(name);
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** After a problem the answer is of no use, and `finish` throws. */
  text(name: string): string {
    const value = this.optionalText(name);
    if (value === undefined && !this.#values.has(name)) this.#refuse(name, 'is missing');
    return value ?? '';
  }

  optionalText(name: string): string | undefined {
    const value = this.any(name);
    if (value === undefined || typeof value === 'string') return value;
    this.#refuse(name, 'must be text, given once');
    return undefined;
  }

  oneOf<const Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    const value = this.any(name);
    if (value === undefined) return undefined;
    const choice = choices.find((each) => each === value);
    if (choice === undefined) this.#refuse(name, `must be one of ${choices.join(', ')}`);
    return choice;
  }

  /** The fields of an object; their problems are problems of the whole. */
  object(name: string): Fields | undefined {
    const value = this.any(name);
    if (value === undefined) return undefined;
    const object = new Fields(value, this.what, [...this.path, name]);
    this.#objects.push(object);
    return object;
  }

  number(name: string): number | undefined {
    const value = this.any(name);
    if (value === undefined || typeof value === 'number') return value;
    this.#refuse(name, 'must be a number');
    return undefined;
  }

  flag(name: string): boolean | undefined {
    const value = this.any(name);
    if (value === undefined || typeof value === 'boolean') return value;
    this.#refuse(name, 'must be true or false');
    return undefined;
  }

  texts(name: string): readonly string[] | undefined {
    const value = this.any(name);
    if (value === undefined) return undefined;
    if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value;
    this.#refuse(name, 'must be a list of texts');
    return undefined;
  }

  /** A whole number written as text, as query parameters are. */
  count(name: string, { min, max }: Range): number | undefined {
    const text = this.optionalText(name);
    if (text === undefined) return undefined;
    const count = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
    if (count >= min && count <= max) return count;
    this.#refuse(name, `must be a whole number from ${min} to ${max}`);
    return undefined;
  }

  /** Milliseconds, of a text such as `30s` or as they are. */
  duration(name: string): Millis | undefined {
    const value = this.any(name);
    const duration = typeof value === 'number' ? value : this.optionalText(name);
    if (duration === undefined) return undefined;
    try {
      return toMillis(duration as Duration, name);
    } catch (error) {
      this.#refuse(name, error instanceof FermataError ? error.message : String(error));
      return undefined;
    }
  }

  /** Names that the API has, but this version doesn't act on: refused, so that nobody relies on them. */
  notYet(...names: readonly string[]): void {
    for (const name of names) if (this.any(name) !== undefined) this.#refuse(name, 'is not supported yet');
  }

  /** @throws FermataError `VALIDATION_FAILED` with every problem, unknown fields included */
  finish(): void {
    const issues = this.#allIssues();
    if (issues.length > 0) throw validationFailed(this.what, issues);
  }

  #allIssues(): readonly StandardIssue[] {
    for (const name of this.#values.keys()) if (!this.#known.has(name)) this.#refuse(name, 'is not known here');
    return [...this.#issues, ...this.#objects.flatMap((object) => object.#allIssues())];
  }

  #refuse(name: string, message: string): void {
    this.#issues.push({ path: [...this.path, name], message });
  }
}
