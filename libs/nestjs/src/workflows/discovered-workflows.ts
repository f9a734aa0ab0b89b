import { Injectable, Scope } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { InstanceWrapper } from '@nestjs/core/injector/instance-wrapper.js';
import type { RegisteredWorkflow } from '@fermata/kernel';
import { constructorDependencies, injectedProperties } from './injected.js';
import type { PlacedWorkflow } from './placed-workflow.js';
import { notProvidedAsClass, notStaticallyScoped } from './set-up-errors.js';
import { registerClass, type WorkflowClassParts } from './workflow-class.js';
import { workflowMetadataOf, type WorkflowMetadata } from './workflow.decorator.js';

type Constructor = WorkflowClassParts['workflowClass'];

/** Finds the workflow classes among all providers of the application. */
@Injectable()
export class DiscoveredWorkflows {
  constructor(private readonly discovery: DiscoveryService) {}

  /**
   * To be called once all providers have been made.
   * @throws FermataError `CONFIGURATION_INVALID` for a class that can't be run as a workflow
   */
  find(): readonly PlacedWorkflow[] {
    return this.discovery.getProviders().flatMap((wrapper) => placeOf(wrapper) ?? []);
  }
}

function placeOf(wrapper: InstanceWrapper): PlacedWorkflow | undefined {
  const workflowClass = wrapper.isAlias ? undefined : classOf(wrapper);
  const metadata = workflowClass && workflowMetadataOf(workflowClass);
  if (!metadata) return undefined;
  const workflow = toWorkflow(wrapper, workflowClass, metadata);
  return { workflow, place: `${workflowClass.name} in ${wrapper.host?.name ?? 'an unnamed module'}` };
}

function classOf({ metatype, isNotMetatype, instance }: InstanceWrapper<unknown>): Constructor | undefined {
  const candidate: unknown = isNotMetatype ? (instance as object | null | undefined)?.constructor : metatype;
  // NestJS types its classes as functions; whether it is a workflow's, its metadata says.
  return typeof candidate === 'function' ? (candidate as Constructor) : undefined;
}

function toWorkflow(
  wrapper: InstanceWrapper,
  workflowClass: Constructor,
  metadata: WorkflowMetadata,
): RegisteredWorkflow {
  const { name } = workflowClass;
  if (wrapper.isNotMetatype) throw notProvidedAsClass(name);
  if (wrapper.scope === Scope.TRANSIENT || !wrapper.isDependencyTreeStatic()) throw notStaticallyScoped(name);
  return registerClass({
    workflowClass,
    metadata,
    dependencies: constructorDependencies(wrapper),
    properties: injectedProperties(wrapper),
  });
}
