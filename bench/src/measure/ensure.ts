/** A wrong answer has no speed: the workload fails. */
export function ensure(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(`Wrong result: ${otherwise}.`);
}
