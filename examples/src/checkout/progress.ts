import { defineQuery } from '@fermata/sdk';

export interface Progress {
  readonly orderId: string;
  readonly stage: 'checking' | 'waiting for approval' | 'charging' | 'shipping' | 'shipped';
}

/** How far an order has come. */
export const progress = defineQuery<Progress>('progress');
