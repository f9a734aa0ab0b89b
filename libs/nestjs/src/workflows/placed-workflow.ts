import { registerDefinition, type RegisteredWorkflow } from '@fermata/kernel';
import type { FermataOptions } from '@fermata/sdk';
import { revive } from '../schema/revive.js';
import { twoWorkflowsOfOneType } from './set-up-errors.js';

/** A workflow, and where it comes from. */
export interface PlacedWorkflow {
  readonly workflow: RegisteredWorkflow;
  /** For error texts: the class and its module, or that it is a function. */
  readonly place: string;
}

export function toPlaced(workflow: NonNullable<FermataOptions['workflows']>[number]): PlacedWorkflow {
  return {
    workflow: 'create' in workflow ? workflow : withInstances(registerDefinition(workflow)),
    place: 'a function',
  };
}

function withInstances(workflow: RegisteredWorkflow): RegisteredWorkflow {
  return {
    ...workflow,
    create: () => {
      const code = workflow.create();
      return { ...code, run: (ctx, input) => code.run(ctx, revive(workflow.input, input)) };
    },
  };
}

/** @throws FermataError `CONFIGURATION_INVALID`: two workflows of one type */
export function checkTypes(workflows: readonly PlacedWorkflow[]): void {
  const places = new Map<string, string[]>();
  for (const { workflow, place } of workflows) {
    places.set(workflow.type, [...(places.get(workflow.type) ?? []), place]);
  }
  for (const [type, found] of places) if (found.length > 1) throw twoWorkflowsOfOneType(type, found);
}
