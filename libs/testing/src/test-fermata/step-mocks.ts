import type { ChooseStepFunction } from '@fermata/engine';
import type { StepFunction } from '@fermata/kernel';

/** What runs in place of steps' own functions, by the steps' names. */
export type StepMocks = Readonly<Record<string, StepFunction<unknown>>>;

/** Steps without a mock run their own functions. */
export function mockedBy(mocks: StepMocks): ChooseStepFunction {
  return (name, own) => (Object.hasOwn(mocks, name) ? (mocks[name] ?? own) : own);
}
