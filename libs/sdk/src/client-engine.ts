import type { Engine, Results } from '@fermata/engine';

/** What a client needs of an engine. */
export interface ClientEngine extends Pick<Engine, 'dispatch' | 'views' | 'query'> {
  readonly results: Pick<Results, 'wait'>;
}
