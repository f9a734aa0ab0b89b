import { FermataError } from './fermata-error.js';

/** For what can't be. Stays on in production: the run it is thrown in is stuck, the node goes on. */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) {
    throw new FermataError('INVARIANT_VIOLATED', {
      message: `Impossible state: ${message}.`,
      fix: 'This is a defect of Fermata or a damaged history; export the history and report it.',
    });
  }
}

export function assertNever(value: never): never {
  throw new FermataError('INVARIANT_VIOLATED', {
    message: `Impossible case: ${JSON.stringify(value)}.`,
    fix: 'A newer version of Fermata may have written it; upgrade this node.',
  });
}
