import { Injectable, Scope } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { InstanceWrapper } from '@nestjs/core/injector/instance-wrapper.js';
import type { RegisteredWorkflow } from '@fermata/kernel';
import { constructorDependencies, injectedProperties } from './injected.js';
import { notProvidedAsClass, notStaticallyScoped } from './set-up-errors.js';
import { registerClass, type WorkflowClassParts } from './workflow-class.js';
import { workflowMetadataOf, type WorkflowMetadata } from './workflow.decorator.js';

/** A workflow, and where it comes from. */
export interface PlacedWorkflow {
  readonly workflow: RegisteredWorkflow;
  /** For error texts: the class and its module. */
  readonly place: string;
}

/** Finds the workflow classes among all providers of the application. */
@Injectable()
export class DiscoveredWorkflows {
  constructor(private readonly discovery: DiscoveryService) {}

  /**
   * To be called once all providers have been made.
   * @throws FermataError `CONFIGURATION_INVALID` for a class that can't be run as a workflow
   */
  find(): readonly PlacedWorkflow[] {
    return this.discovery.getProviders().flatMap((wrapper) => toPlaced(wrapper) ?? []);
  }
}

function toPlaced(wrapper: InstanceWrapper): PlacedWorkflow | undefined {
  if (wrapper.isAlias) return undefined;
  const workflowClass = classOf(wrapper);
  const metadata = workflowClass && workflowMetadataOf(workflowClass);
  if (!metadata) return undefined;
  const workflow = toWorkflow(wrapper, workflowClass, metadata);
  return { workflow, place: `${workflowClass.name} in ${wrapper.host?.name ?? 'an unnamed module'}` };
}

function classOf({ metatype, isNotMetatype, instance }: InstanceWrapper<unknown>): WorkflowClassParts['workflowClass'] | undefined {
  const candidate: unknown = isNotMetatype ? (instance as object | null | undefined)?.constructor : metatype;
  // NestJS types its classes as functions; whether it is a workflow's, its metadata says.
  return typeof candidate === 'function' ? (candidate as WorkflowClassParts['workflowClass']) : undefined;
}

function toWorkflow(
  wrapper: InstanceWrapper,
  workflowClass: WorkflowClassParts['workflowClass'],
  metadata: WorkflowMetadata,
): RegisteredWorkflow {
  if (wrapper.isNotMetatype) throw notProvidedAsClass(workflowClass.name);
  if (wrapper.scope === Scope.TRANSIENT || !wrapper.isDependencyTreeStatic()) throw notStaticallyScoped(workflowClass.name);
  return registerClass({
    workflowClass,
    metadata,
    dependencies: constructorDependencies(wrapper),
    properties: injectedProperties(wrapper),
  });
}
