import type { RegisteredWorkflow } from '@fermata/kernel';
import { Query } from '@nestjs/cqrs';

/** Asks which workflow types this node runs, by name. */
export class ListWorkflowTypes extends Query<readonly RegisteredWorkflow[]> {}
