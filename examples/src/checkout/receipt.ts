import { z } from 'zod';

/** The checkout's result. */
export const Receipt = z.object({
  orderId: z.string(),
  totalCents: z.int(),
  paymentId: z.string(),
  shipmentId: z.string(),
});
export type Receipt = z.infer<typeof Receipt>;
