import { count } from '../../src/ui/present.ts';
import { bulkInstall, type WishOutcome } from '../../src/workflows/commands/bulk-install.ts';
import type { InstallRequest } from '../../src/workflows/commands/installations.ts';
import { paint } from '../terminal/screen.ts';
import { exitCodeOf, reasonOf } from './failure.ts';
import { followMany } from './follow-many.ts';
import { commandName } from './output.ts';
import type { Session } from './session.ts';
import { table } from './table.ts';
import type { ExitCode } from './verb.ts';

/** What became of one desa; as the API's bulk install tells it, with the desa's name for people. */
interface Row {
  readonly kode: string;
  readonly app: string;
  readonly jobId: string | null;
  readonly problem: ReturnType<typeof reasonOf> | null;
}
interface Asked {
  readonly row: Row;
  readonly nama: string;
  readonly code: ExitCode;
}

/** Said of a desa in a whole kecamatan, this is no failure: it is what was wished for. */
const THERE_ALREADY = 'sudah-terpasang';

/** Asks for all of them, says what became of each, and follows if that is wished. */
export async function installMany(
  session: Session,
  kodes: readonly string[],
  wish: Omit<InstallRequest, 'kode' | 'bulk'>,
  follows: boolean,
): Promise<ExitCode> {
  const wishes = kodes.map((kode) => ({ ...wish, kode }));
  const asked = (await bulkInstall(session.tools, session.actor, wishes)).map(present);
  const rows = asked.map(({ row }) => row);
  const accepted = rows.filter(({ jobId }) => jobId !== null);
  const refused = Math.max(...asked.map(({ code, row }) => (row.problem?.code === THERE_ALREADY ? 0 : code)));
  const code: ExitCode = refused === 0 ? 0 : (asked.find((one) => one.code === refused)?.code ?? 1);
  const { output } = session;

  if (!follows) {
    output.answer({ accepted: accepted.length, refused: rows.length - accepted.length, results: rows }, () =>
      [
        ...[resultTable(asked, output.width), '', summary(accepted.length, rows.length)],
        ...(accepted.length === 0 ? [] : [`Lihat kemajuannya: ${commandName()} pekerjaan daftar --status aktif`]),
      ].join('\n'),
    );
    return code;
  }
  for (const row of rows) output.line({ kind: 'asked', ...row }, null);
  if (!output.json) output.answer(null, () => `${resultTable(asked, output.width)}\n\n${summary(accepted.length, rows.length)}\n`);
  const names = new Map(asked.map(({ row, nama }) => [row.jobId ?? '', `${row.kode} ${nama}`]));
  names.delete('');
  const ended = await followMany(session, names);
  return ended === 0 ? code : ended;
}

function present({ wish: { kode, app }, nama, jobId, error }: WishOutcome): Asked {
  const refused = jobId === null;
  const row = { kode, app, jobId, problem: refused ? reasonOf(error) : null };
  return { row, nama: nama ?? '–', code: refused ? exitCodeOf(error) : 0 };
}

function resultTable(asked: readonly Asked[], width: number | null): string {
  const columns = [
    { title: 'Kode' },
    { title: 'Desa', flexible: true as const },
    { title: 'Hasil', flexible: true as const },
    { title: 'Pekerjaan' },
  ];
  const cells = asked.map(({ row: { kode, jobId, problem }, nama }) => [kode, nama, resultWord(problem), jobId ?? '–']);
  return table(columns, cells, width);
}

function resultWord(problem: Row['problem']): string {
  if (problem === null) return paint('green', 'Akan dipasang');
  if (problem.code === THERE_ALREADY) return paint('dim', 'Sudah terpasang');
  return paint('red', problem.detail);
}

function summary(accepted: number, all: number): string {
  const rest = all - accepted;
  return `${count(accepted)} desa akan dipasang${rest === 0 ? '.' : `, ${count(rest)} tidak.`}`;
}
