import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync, type ValidationError, type ValidatorOptions } from 'class-validator';
import {
  FermataError,
  type ReadableSchema,
  type SchemaClass,
  type StandardIssue,
  type StandardResult,
  type StandardSchema,
} from '@fermata/kernel';
import { asInstance } from './as-instance.js';

export interface ClassSchemaOptions {
  /** What becomes of properties that the class has no decorator for. Default `refuse`. */
  readonly unknownProperties?: 'refuse' | 'remove' | 'keep';
}

const validatorOptions: Readonly<Record<NonNullable<ClassSchemaOptions['unknownProperties']>, ValidatorOptions>> = {
  refuse: { whitelist: true, forbidNonWhitelisted: true },
  remove: { whitelist: true },
  keep: { forbidUnknownValues: false },
};

/**
 * Makes a Standard Schema of a class whose properties carry class-validator's decorators. A valid value becomes an
 * instance of the class, with class-transformer's `@Type` followed into nested ones.
 * @throws FermataError `CONFIGURATION_INVALID`: the class has no such decorators, or one that validates asynchronously
 */
export function classSchema<T extends object>(
  schemaClass: SchemaClass<T>,
  { unknownProperties = 'refuse' }: ClassSchemaOptions = {},
): ReadableSchema & StandardSchema<unknown, T> {
  checkDecorators(schemaClass);
  const options: ValidatorOptions = {
    ...validatorOptions[unknownProperties],
    validationError: { target: false, value: false },
  };
  return {
    '~standard': { version: 1, vendor: 'class-validator', validate: (value) => validate(schemaClass, value, options) },
    revive: (recorded) => asInstance(schemaClass, recorded),
  };
}

function validate<T extends object>(
  schemaClass: SchemaClass<T>,
  value: unknown,
  options: ValidatorOptions,
): StandardResult<T> {
  if (!isRecord(value)) return { issues: [{ message: 'must be an object' }] };
  try {
    // Its type wants a constructor that takes anything; it calls it with nothing.
    const instance = plainToInstance(schemaClass as new () => T, value);
    const errors = validateSync(instance, options);
    return errors.length === 0 ? { value: instance } : { issues: errors.flatMap((error) => issuesOf(error, [])) };
  } catch (error) {
    // A transformation of the class's author choked on the value.
    return { issues: [{ message: `can't be read: ${error instanceof Error ? error.message : String(error)}` }] };
  }
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every problem of a property and of what is nested in it. */
function issuesOf(
  { property, constraints, children }: ValidationError,
  parents: readonly string[],
): readonly StandardIssue[] {
  const path = [...parents, property];
  const own = Object.values(constraints ?? {}).map((message) => ({ message, path }));
  return [...own, ...(children ?? []).flatMap((child) => issuesOf(child, path))];
}

function checkDecorators(schemaClass: SchemaClass<object>): void {
  const storage = getMetadataStorage();
  const decorators = storage.getTargetValidationMetadatas(schemaClass, '', true, false);
  if (decorators.length === 0) throw noDecorators(schemaClass.name);
  const constraints = decorators.flatMap((decorator) => storage.getTargetValidatorConstraints(decorator.constraintCls));
  const asynchronous = constraints.find(({ async: isAsync }) => isAsync);
  if (asynchronous) throw asynchronousDecorator(schemaClass.name, asynchronous.name);
}

function noDecorators(className: string): FermataError {
  return new FermataError('CONFIGURATION_INVALID', {
    message: `Class ${className} is used as a schema but has no validation decorators.`,
    fix: 'Decorate its properties with class-validator, or give another schema.',
    details: { class: className },
  });
}

function asynchronousDecorator(className: string, constraint: string): FermataError {
  return new FermataError('CONFIGURATION_INVALID', {
    message: `Class ${className} validates asynchronously, by "${constraint}", which a schema of a workflow can't.`,
    fix: 'Check it in a step of the workflow.',
    details: { class: className, constraint },
  });
}
