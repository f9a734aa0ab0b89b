import { defineWorkflow, NonRetryableError, type WorkflowContext } from '@fermata/sdk';
import { z } from 'zod';

const Part = z.enum(['flight', 'hotel', 'car']);
type Part = z.infer<typeof Part>;

const TripInput = z.object({ failAt: Part.optional() }).prefault({});
const TripResult = z.object({ booked: z.array(Part) });

/**
 * A saga: books part after part, and when one can't be had cancels those booked so far, newest first. The failure's
 * `details.compensated` names them in that order.
 */
export const trip = defineWorkflow('trip', { input: TripInput, output: TripResult }, async (ctx, { failAt }) => {
  const booked: Part[] = [];
  for (const part of Part.options) booked.push(await book(ctx, part, failAt));
  return { booked };
});

async function book(ctx: WorkflowContext, part: Part, failAt: Part | undefined): Promise<Part> {
  const booking = await ctx.step(
    part,
    ({ idempotencyKey }) => {
      if (part === failAt) throw new NonRetryableError(`There is no ${part} to be had.`);
      return { part, reference: idempotencyKey };
    },
    { compensate: ({ reference }) => ({ cancelled: reference }) },
  );
  return booking.part;
}
