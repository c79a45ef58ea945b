import type { Window } from './window.ts';

interface Task {
  readonly label: string;
  readonly pattern: string;
  /** A run that was missed is made up for until then. */
  readonly graceHours: number;
  /** May take hours, so it keeps nothing else waiting. */
  readonly slow?: boolean;
  /** Makes rollouts, whose desa may be kept to some hours of the day. */
  readonly rolls?: boolean;
}

/** What may be scheduled: these tasks, at times of one's own. Never free text. */
const TASK_TABLE = {
  'perbarui-semua': {
    label: 'Memperbarui semua desa ke rilis terbaru',
    pattern: '0 2 1 * *',
    graceHours: 7 * 24,
    rolls: true,
  },
  'gladi-bersih': { label: 'Gladi bersih pembaruan dengan cadangan semua desa', pattern: '0 22 28 * *', graceHours: 24, rolls: true },
  'cadangan-malam': { label: 'Mencadangkan semua desa', pattern: '0 1 * * *', graceHours: 20, rolls: true },
  'uji-cadangan': { label: 'Menguji pemulihan cadangan yang paling lama tidak diuji', pattern: '30 3 * * *', graceHours: 20, rolls: true },
  'periksa-rilis': { label: 'Mencari rilis baru', pattern: '0 18 * * *', graceHours: 20 },
  'perbarui-sertifikat': { label: 'Memperpanjang sertifikat otomatis yang segera berakhir', pattern: '15 4 * * *', graceHours: 20 },
  'rapikan-cadangan': { label: 'Membuang cadangan lama dari aplikasi yang sudah dihapus', pattern: '0 5 * * *', graceHours: 20 },
  'salin-luar': { label: 'Menyalin semua cadangan ke luar server', pattern: '30 2 * * *', graceHours: 20, slow: true },
  'periksa-luar': { label: 'Memeriksa salinan di luar server', pattern: '0 6 * * 0', graceHours: 20, slow: true },
  'rapikan-rilis': { label: 'Menghapus image rilis lama', pattern: '30 4 * * 0', graceHours: 20 },
} as const satisfies Record<string, Task>;

export type TaskName = keyof typeof TASK_TABLE;
export const TASKS: Readonly<Record<TaskName, Task>> = TASK_TABLE;
/** In the order in which people read them. */
export const TASK_NAMES = [
  ...(['perbarui-semua', 'gladi-bersih', 'cadangan-malam', 'salin-luar', 'uji-cadangan', 'periksa-luar'] as const),
  ...(['periksa-rilis', 'rapikan-rilis', 'rapikan-cadangan', 'perbarui-sertifikat'] as const),
] satisfies readonly TaskName[];

export function isTask(name: string): name is TaskName {
  return Object.hasOwn(TASKS, name);
}

export interface Schedule {
  readonly task: TaskName;
  /** Minute, hour, day of month, month, day of week, in the kabupaten's zone. */
  readonly pattern: string;
  readonly enabled: boolean;
  /** For tasks that make rollouts: their hours. */
  readonly window: Window | null;
  /** Since when it holds: what was due before is nobody's debt. */
  readonly since: Date;
}

export type RunState = 'queued' | 'done' | 'failed';

/** One due time of a task. The pair is unique, so that it is run once whoever notices it. */
export interface ScheduleRun {
  readonly task: TaskName;
  readonly due: Date;
  readonly state: RunState;
  /** What came of it, for people. */
  readonly note: string | null;
  readonly endedAt: Date | null;
}

/** Whether a time that has come is still to be run: once, not long ago, and not before the schedule was made. */
export function isOwed({ task, enabled, since }: Schedule, due: Date | null, now: Date): due is Date {
  if (!enabled || due === null || due <= since) return false;
  return now.getTime() - due.getTime() <= TASKS[task].graceHours * 3_600_000;
}
