import { listCauses, listJobs } from './job-list.ts';
import { cancelVerb, retryVerb } from './job-retry.ts';
import { followVerb, showJob } from './job-show.ts';
import type { Subject } from './verb.ts';

export const JOBS: Subject = {
  name: 'pekerjaan',
  aliases: ['job', 'jobs'],
  summary: 'pekerjaan: kemajuan, sebab kegagalan, coba lagi',
  verbs: [listJobs, showJob, followVerb, retryVerb, cancelVerb, listCauses],
};
