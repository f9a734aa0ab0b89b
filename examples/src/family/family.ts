import { defineWorkflow, type WorkflowDefinition } from '@fermata/sdk';
import { z } from 'zod';

const FamilyInput = z.object({
  /** How many children each workflow has that isn't at the bottom. */
  children: z.int().min(0),
  /** How many generations come below this one. */
  depth: z.int().min(0).max(10),
});
type FamilyInput = z.infer<typeof FamilyInput>;

const FamilyResult = z.object({ descendants: z.int() });
type FamilyResult = z.infer<typeof FamilyResult>;

/** Starts child workflows of its own type, which start theirs, and counts all that came of it. */
export const family: WorkflowDefinition<FamilyInput, FamilyResult> = defineWorkflow(
  'family',
  { input: FamilyInput, output: FamilyResult },
  async (ctx, { children, depth }) => {
    if (depth === 0) return { descendants: 0 };
    const generation = Array.from({ length: children }, () =>
      ctx.executeChild(family, { input: { children, depth: depth - 1 } }),
    );
    const below = await Promise.all(generation);
    return { descendants: below.reduce((sum, { descendants }) => sum + 1 + descendants, 0) };
  },
);
