import type { OrderCase } from '../data/orders.js';
import type { Action, Effect } from '../services/ledger.js';

/** Where the orders stand, by what their services have done. */
export interface Standing {
  /** Charged, and neither shipped nor refunded. */
  readonly charged: number;
  /** Reserved, scored as risky, and waiting for a person. */
  readonly waiting: number;
  readonly shipped: number;
}

export function halfWay({ charged, waiting }: Standing): number {
  return charged + waiting;
}

export function standingOf(cases: readonly OrderCase[], effects: readonly Effect[]): Standing {
  const actionsOf = groupActions(effects);
  let [charged, waiting, shipped] = [0, 0, 0];
  for (const { order, approval } of cases) {
    const actions = actionsOf.get(order.orderId);
    if (actions === undefined) continue;
    if (actions.has('ship')) shipped++;
    else if (actions.has('charge') && !actions.has('refund')) charged++;
    else if (approval && actions.has('reserve') && actions.has('score') && !actions.has('release')) waiting++;
  }
  return { charged, waiting, shipped };
}

function groupActions(effects: readonly Effect[]): ReadonlyMap<string, ReadonlySet<Action>> {
  const groups = new Map<string, Set<Action>>();
  for (const { orderId, action } of effects) {
    const group = groups.get(orderId);
    if (group) group.add(action);
    else groups.set(orderId, new Set([action]));
  }
  return groups;
}
