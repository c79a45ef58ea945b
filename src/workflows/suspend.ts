import { planResume, planSuspend } from './planning-suspend.ts';
import { POINT_OF_NO_RETURN, type Workflow } from './step.ts';
import { claimNetwork, tellSettings } from './steps/configure.ts';
import { checkStatus, stopContainer, waitUntilHealthy } from './steps/container.ts';
import { recordInstallation } from './steps/record.ts';
import { buildImage, buildRuntime, fetchRelease } from './steps/release.ts';
import { openRoute, showMaintenance } from './steps/route.ts';
import { writeSettings } from './steps/settings.ts';
import { recordSuspension, startAgain } from './steps/suspend.ts';

/** Out of service, with everything where it is: visitors see the closed page, nothing runs, nothing is lost. */
export const suspendApp: Workflow = {
  plan: planSuspend,
  steps: [showMaintenance, stopContainer, POINT_OF_NO_RETURN, recordSuspension],
};

/** Back in service; its address opens only when it is proven healthy. */
export const resumeApp: Workflow = {
  plan: planResume,
  steps: [
    fetchRelease,
    buildRuntime,
    buildImage,
    claimNetwork,
    writeSettings,
    startAgain,
    tellSettings,
    checkStatus,
    waitUntilHealthy,
    POINT_OF_NO_RETURN,
    openRoute,
    recordInstallation,
  ],
};
