import type { StepContext, StepFunction, StepOptions, WorkflowContext, WorkflowDefinition } from '@fermata/sdk';

/** The workflow's own code, with a note taken of every execution of a step: what a history alone can't show. */
export function noteSteps<Input, Output>(
  workflow: WorkflowDefinition<Input, Output>,
  note: (step: StepContext) => void,
): WorkflowDefinition<Input, Output> {
  const run = (ctx: WorkflowContext, input: Input): Promise<Output> => {
    const step = ctx.step.bind(ctx);
    ctx.step = <Result>(name: string, work: StepFunction<Result>, options?: StepOptions<Result>): Promise<Result> =>
      step<Result>(
        name,
        (at) => {
          note(at);
          return work(at);
        },
        options,
      );
    return workflow.run(ctx, input);
  };
  return { ...workflow, run };
}
