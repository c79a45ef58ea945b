import type { WorkflowName } from '../domain/job.ts';
import { installApp, unarchiveApp } from './install.ts';
import { removeApp } from './remove.ts';
import type { Workflow } from './step.ts';

/** Every verb and its workflow. */
export const WORKFLOWS: Readonly<Record<WorkflowName, Workflow>> = { install: installApp, remove: removeApp, unarchive: unarchiveApp };
