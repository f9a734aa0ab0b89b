import { defineSignal } from '@fermata/sdk';
import { z } from 'zod';

export const Approval = z.object({ approved: z.boolean(), by: z.string().min(1) });
export type Approval = z.infer<typeof Approval>;

/** A person's decision on a risky order. */
export const approval = defineSignal('approval', { schema: Approval });
