import { FermataError } from '@fermata/kernel';

export function twoWorkflowsOfOneType(type: string, places: readonly string[]): FermataError {
  return new FermataError('CONFIGURATION_INVALID', {
    message: `The workflow type "${type}" is registered more than once: ${places.join(', ')}.`,
    fix: 'Give each type one class or function, and list it in the providers of one module.',
    details: { type, places },
  });
}

export function notStaticallyScoped(className: string): FermataError {
  return new FermataError('CONFIGURATION_INVALID', {
    message: `Workflow ${className} is request-scoped or transient, or depends on a request-scoped provider.`,
    fix: 'A run outlives every request: inject singletons. It has an instance of its own without a scope, too.',
    details: { class: className },
  });
}

export function noRunMethod(className: string): FermataError {
  return new FermataError('CONFIGURATION_INVALID', {
    message: `Workflow ${className} has no method "run".`,
    fix: 'Write `async run(ctx: WorkflowContext, input: Input)`.',
    details: { class: className },
  });
}

export function notProvidedAsClass(className: string): FermataError {
  return new FermataError('CONFIGURATION_INVALID', {
    message: `Workflow ${className} is provided as a value or by a factory, but each run needs an instance of its own.`,
    fix: `List the class itself in the providers.`,
    details: { class: className },
  });
}

export function noValidateMethod(className: string, update: string, method: string): FermataError {
  return new FermataError('CONFIGURATION_INVALID', {
    message: `Workflow ${className} has no method "${method}", which is to validate the update "${update}".`,
    fix: 'Write it, or take `validate` out of the decorator.',
    details: { class: className, update, method },
  });
}

export function twoMethodsOfOneName(className: string, what: string, name: string): FermataError {
  return new FermataError('CONFIGURATION_INVALID', {
    message: `Workflow ${className} has two methods for the ${what} "${name}".`,
    fix: 'Keep one of them.',
    details: { class: className, name },
  });
}

export function twoHandlersOfOneMessage(message: string, handlers: readonly string[]): FermataError {
  return new FermataError('CONFIGURATION_INVALID', {
    message: `${message} has more than one handler: ${handlers.join(', ')}. Only the last one would be called.`,
    fix: 'Keep one of them, and import FermataModule once, in the root module.',
    details: { message, handlers },
  });
}
