import { planChangeDomain } from './planning-addresses.ts';
import { POINT_OF_NO_RETURN, type Workflow } from './step.ts';
import {
  claimAddresses,
  leadOn,
  openAddresses,
  probeAddresses,
  recordAddresses,
  restartChanged,
  tellAddresses,
  writeAddresses,
} from './steps/addresses.ts';

/**
 * One desa, with all its apps, to other addresses. The new ones are served and proven beside the old ones; only past the
 * line do the old ones begin to lead on, so until then putting back is no more than closing what was opened.
 */
export const changeDomain: Workflow = {
  plan: planChangeDomain,
  steps: [
    claimAddresses,
    writeAddresses,
    restartChanged,
    tellAddresses,
    probeAddresses,
    openAddresses,
    POINT_OF_NO_RETURN,
    leadOn,
    recordAddresses,
  ],
};
