import { defineQuery, defineUpdate, defineWorkflow, type Duration } from '@fermata/sdk';
import { z } from 'zod';

/** The shape of a duration: milliseconds, or a number with a unit such as `"2 days"`. */
const Duration = z.union([
  z.int().min(0),
  z.templateLiteral([z.number(), ' ', z.enum(['seconds', 'minutes', 'hours', 'days'])]),
]);

const ExpenseInput = z.object({
  amountCents: z.int().min(1),
  employee: z.string().min(1),
  /** How long the first approver has before others are asked too. Default 2 days. */
  escalateAfter: Duration.optional(),
});

const Decision = z.object({ approve: z.boolean(), by: z.string().min(1) });
type Decision = z.infer<typeof Decision>;

const ExpenseResult = z.object({ approved: z.boolean(), by: z.string(), escalated: z.boolean() });

export interface ExpenseState {
  readonly status: 'waiting' | 'escalated' | 'approved' | 'rejected';
  readonly amountCents: number;
  readonly employee: string;
  readonly by?: string;
}

/** Answers with what was decided; nobody decides twice, nor on an expense of their own. */
export const decide = defineUpdate<{ readonly approved: boolean }, Decision>('decide', { schema: Decision });
export const expenseState = defineQuery<ExpenseState>('state');

const escalateAfterDefault: Duration = '2 days';

/** Asks a person to approve an expense, asks more of them when the first one takes too long, and waits as long as it takes. */
export const expense = defineWorkflow(
  'expense',
  { input: ExpenseInput, output: ExpenseResult, updates: [decide] },
  async (ctx, { amountCents, employee, escalateAfter = escalateAfterDefault }) => {
    const state: { decision?: Decision; escalated: boolean } = { escalated: false };

    ctx.onUpdate(
      decide,
      (given) => {
        state.decision = given;
        return { approved: given.approve };
      },
      {
        validate: ({ by }) => {
          if (state.decision) throw new Error(`${state.decision.by} has decided already.`);
          if (by === employee) throw new Error('Nobody decides on an expense of their own.');
        },
      },
    );
    ctx.onQuery(expenseState, () => ({
      status: statusOf(state),
      amountCents,
      employee,
      ...(state.decision && { by: state.decision.by }),
    }));

    await ctx.step('ask approver', () => ({ asked: 'approver', amountCents, employee }));
    if (!(await ctx.condition(() => state.decision !== undefined, { timeout: escalateAfter }))) {
      state.escalated = true;
      await ctx.step('ask head of department', () => ({ asked: 'head of department', amountCents, employee }));
    }
    while (!state.decision) await ctx.condition(() => state.decision !== undefined);
    return { approved: state.decision.approve, by: state.decision.by, escalated: state.escalated };
  },
);

function statusOf({ decision, escalated }: { readonly decision?: Decision; readonly escalated: boolean }) {
  if (decision) return decision.approve ? 'approved' : 'rejected';
  return escalated ? 'escalated' : 'waiting';
}
