import type { SurroundingRun } from '@fermata/kernel';

/**
 * `Date` as it is, but that "now" is, in workflow code, the time of the event being applied. A plain function with
 * `Reflect.construct` costs less than a subclass or a proxy.
 */
export function deterministicDate(
  original: DateConstructor,
  currentRun: () => SurroundingRun | undefined,
): DateConstructor {
  function FermataDate(this: unknown, ...args: unknown[]): Date | string {
    const run = args.length === 0 ? currentRun() : undefined;
    // Called without `new` it gives a text, whatever TypeScript thinks of `new.target` in a function.
    const target = new.target as typeof FermataDate | undefined;
    if (!target) return new original(run?.now ?? original.now()).toString();
    return Reflect.construct(original, run ? [run.now] : args, target) as Date;
  }
  const descriptors = Object.getOwnPropertyDescriptors(original);
  Object.defineProperties(FermataDate, {
    ...descriptors,
    now: { ...descriptors.now, value: () => currentRun()?.now ?? original.now() },
  });
  Object.defineProperty(original.prototype, 'constructor', { value: FermataDate, writable: true, configurable: true });
  return FermataDate as unknown as DateConstructor;
}
