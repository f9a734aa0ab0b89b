import fc from 'fast-check';

/** Keys that mean something to JavaScript or look like a payload's own tags. Jest can't compare own `constructor`s. */
const keys = fc.oneof(
  fc.string({ maxLength: 6 }),
  fc.constantFrom('__proto__', 'toString', '$', '$date', '$map', '$object', '$undefined', 'length'),
);

const scalars = fc.oneof(
  fc.constantFrom(null, undefined, true, false, NaN, Infinity, -Infinity, 0, -0, '', '$date', '\ud800'),
  fc.double(),
  fc.integer(),
  fc.bigInt(),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.date({ noInvalidDate: true }),
  fc.uint8Array({ maxLength: 20 }),
);

/**
 * Every type of value that can be recorded, nested. An object's own `undefined` is left out, since recording drops it,
 * and so are invalid dates, which Jest finds unequal to each other.
 */
export const recordableValues: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4, withCrossShrink: true }, scalars, tie('nested')),
  nested: fc.oneof(
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(keys, tie('value')), { maxLength: 4 }).map(toObject),
    fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 3 }).map((entries) => new Map(entries)),
    fc.array(tie('value'), { maxLength: 3 }).map((items) => new Set(items)),
  ),
})).value;

/** Own properties, `__proto__` among them. */
function toObject(entries: readonly (readonly [string, unknown])[]): object {
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
