/** How somebody outside ended a step that was handed out, or how far it is. */
export type OutsideStepOutcome =
  | { readonly kind: 'succeeded'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'heartbeat'; readonly details: unknown };

/** Completes, fails or heartbeats a step with its token. Answers whether the attempt still counts. */
export class CompleteStep {
  constructor(
    readonly token: string,
    readonly outcome: OutsideStepOutcome,
  ) {}
}
