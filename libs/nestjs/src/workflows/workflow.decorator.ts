import { Injectable } from '@nestjs/common';
import { parseName, type Schema, type UnfinishedHandlers, type WorkflowContext } from '@fermata/kernel';
import 'reflect-metadata';

/** What `@Workflow` leaves on a class. */
export interface WorkflowMetadata {
  readonly type: string;
  readonly input?: Schema<unknown>;
  readonly output?: Schema<unknown>;
  readonly unfinishedHandlers?: UnfinishedHandlers;
  readonly pin?: 'build';
}

export interface WorkflowClassOptions<Input, Output> {
  /** A class with class-validator's decorators, or a Standard Schema (zod, valibot, arktype). */
  readonly input?: Schema<Input>;
  readonly output?: Schema<Output>;
  /** Whether a return waits for message handlers that still run. Default `wait`. */
  readonly unfinishedHandlers?: UnfinishedHandlers;
  /** `build`: a run stays with the build that started it; nodes of other builds leave it alone. Default: any runs it. */
  readonly pin?: 'build';
}

type WorkflowClass<Input, Output> = new (...dependencies: never[]) => {
  run(ctx: WorkflowContext, input: Input): Promise<Output>;
};

const metadataKey = 'fermata:workflow';

/**
 * Makes a class a workflow, and a provider: its constructor gets what NestJS injects. Each run has an instance of its
 * own, so fields hold the state of that run; what is injected is shared by all runs.
 * @param type the name under which executions are started and recorded; at most 200 characters
 * @throws FermataError `VALIDATION_FAILED` for a type name that can't be recorded
 */
export function Workflow<Input = never, Output = unknown>(
  type: string,
  options: WorkflowClassOptions<Input, Output> = {},
) {
  const metadata: WorkflowMetadata = { type: parseName(type, 'workflow type'), ...options };
  return (target: WorkflowClass<Input, Output>): void => {
    Injectable()(target);
    Reflect.defineMetadata(metadataKey, metadata, target);
  };
}

/** What the class itself was decorated with; a class that only extends a workflow is none. */
export function workflowMetadataOf(target: object): WorkflowMetadata | undefined {
  return Reflect.getOwnMetadata(metadataKey, target) as WorkflowMetadata | undefined;
}
