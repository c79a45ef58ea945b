import type { WorkflowName } from '../domain/job.ts';
import { changeDomain } from './change-domain.ts';
import { configureApp } from './configure.ts';
import { installApp, unarchiveApp } from './install.ts';
import { rehearseUpdate } from './rehearse.ts';
import { removeApp } from './remove.ts';
import type { Workflow } from './step.ts';
import { resumeApp, suspendApp } from './suspend.ts';
import { backupApp, drillBackup, restoreApp, rollbackApp, updateApp } from './update.ts';

/** Every verb and its workflow. */
export const WORKFLOWS: Readonly<Record<WorkflowName, Workflow>> = {
  install: installApp,
  remove: removeApp,
  unarchive: unarchiveApp,
  update: updateApp,
  rollback: rollbackApp,
  backup: backupApp,
  restore: restoreApp,
  drill: drillBackup,
  rehearse: rehearseUpdate,
  configure: configureApp,
  'change-domain': changeDomain,
  suspend: suspendApp,
  resume: resumeApp,
};
