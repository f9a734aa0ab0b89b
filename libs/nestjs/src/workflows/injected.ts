import { STATIC_CONTEXT } from '@nestjs/core/injector/constants.js';
import type { InstanceWrapper } from '@nestjs/core/injector/instance-wrapper.js';

/**
 * What NestJS resolved for the constructor of a provider, in the order of its parameters; `undefined` stands for an
 * optional dependency that isn't there. Known once the application is initialised.
 */
export function constructorDependencies(wrapper: InstanceWrapper): readonly unknown[] {
  // Absent for a constructor without parameters, and sparse where an optional dependency is missing.
  const dependencies = (wrapper.getCtorMetadata() as readonly (InstanceWrapper | undefined)[] | undefined) ?? [];
  return Array.from(dependencies, (dependency) => dependency && instanceFor(wrapper, dependency));
}

/** What NestJS injected into the properties of a provider. */
export function injectedProperties(wrapper: InstanceWrapper): Readonly<Record<PropertyKey, unknown>> {
  const properties =
    (wrapper.getPropertiesMetadata() as ReturnType<InstanceWrapper['getPropertiesMetadata']> | undefined) ?? [];
  return Object.fromEntries(properties.map(({ key, wrapper: dependency }) => [key, instanceFor(wrapper, dependency)]));
}

/** A transient provider has an instance of its own for each provider that it is injected into. */
function instanceFor(wrapper: InstanceWrapper, dependency: InstanceWrapper): unknown {
  return dependency.getInstanceByContextId(STATIC_CONTEXT, wrapper.id).instance;
}
