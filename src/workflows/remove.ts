import { planRemove } from './planning.ts';
import { POINT_OF_NO_RETURN, type Workflow } from './step.ts';
import { archiveDatabase, archiveFiles, verifyArchive } from './steps/archive.ts';
import { releaseNames } from './steps/claims.ts';
import { removeContainer, stopContainer } from './steps/container.ts';
import { dropDatabase } from './steps/database.ts';
import { removeFolders } from './steps/folders.ts';
import { closeReader } from './steps/reader.ts';
import { recordRemoval } from './steps/record.ts';
import { unregisterCombined } from './steps/registration.ts';
import { closeRoute, showMaintenance } from './steps/route.ts';
import { forgetSecrets } from './steps/settings.ts';

/** Nothing is taken away before the archive is proven; until then the desa can have everything back. */
export const removeApp: Workflow = {
  plan: planRemove,
  steps: [
    recordRemoval,
    showMaintenance,
    stopContainer,
    archiveDatabase,
    archiveFiles,
    verifyArchive,
    POINT_OF_NO_RETURN,
    closeRoute,
    removeContainer,
    unregisterCombined,
    dropDatabase,
    closeReader,
    removeFolders,
    forgetSecrets,
    releaseNames,
  ],
};
