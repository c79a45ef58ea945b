import { planConfigure } from './planning-configure.ts';
import { POINT_OF_NO_RETURN, type Workflow } from './step.ts';
import { applySettings, claimNetwork, forgetOldSecrets, recordSettings, tellSettings, writeChangedSettings } from './steps/configure.ts';
import { checkStatus, waitUntilHealthy } from './steps/container.ts';

/** The line stands before the record: until the app is proven healthy with its new settings, the old ones count. */
export const configureApp: Workflow = {
  plan: planConfigure,
  steps: [
    claimNetwork,
    writeChangedSettings,
    applySettings,
    tellSettings,
    checkStatus,
    waitUntilHealthy,
    POINT_OF_NO_RETURN,
    recordSettings,
    forgetOldSecrets,
  ],
};
