import { Command } from 'commander';
import { APPS } from './apps.ts';
import { ARCHIVES } from './archives.ts';
import { BACKUPS } from './backups.ts';
import { CERTIFICATES } from './certificates.ts';
import { COMBINED } from './combined.ts';
import { TENANTS } from './desa.ts';
import { doctor } from './doctor.ts';
import { speakIndonesian } from './indonesian-help.ts';
import { type Input, readInput } from './input.ts';
import { JOBS } from './jobs.ts';
import { MOVES } from './move.ts';
import { NOTICES } from './notices.ts';
import { OFFSITE } from './offsite.ts';
import { commandName } from './output.ts';
import { ownVersion } from './own-version.ts';
import { REHEARSALS } from './rehearsals.ts';
import { RELEASES } from './releases.ts';
import { ROLLOUTS } from './rollouts.ts';
import { SCHEDULES } from './schedules.ts';
import { USERS } from './users.ts';
import type { Subject, Verb } from './verb.ts';
import { WILAYAH } from './wilayah.ts';

const SUBJECTS: readonly Subject[] = [
  TENANTS,
  JOBS,
  ROLLOUTS,
  REHEARSALS,
  SCHEDULES,
  BACKUPS,
  OFFSITE,
  NOTICES,
  ARCHIVES,
  APPS,
  RELEASES,
  COMBINED,
  MOVES,
  CERTIFICATES,
  WILAYAH,
  USERS,
];

const OVERVIEW = [
  'desa pasang 52.01.14.2001 --ikuti',
  'desa pasang --kecamatan 52.01.14',
  'pekerjaan daftar --status gagal',
  'pekerjaan coba-lagi --semua-gagal',
  'periksa',
];

const CODES = `Kode keluar:
  0  berhasil
  1  gagal
  2  permintaan keliru: perintah, isian, atau keadaannya tidak cocok
  3  Pendopo tidak berjalan, atau sebagian darinya tidak menjawab`;

/** @param perform does what was said; called once for a command line that makes sense */
export function buildProgram(perform: (verb: Verb, input: Input) => Promise<void>): Command {
  const program = new Command('pendopo')
    .description('Pendopo: memasang dan merawat aplikasi semua desa dari satu server.')
    .option('--json', 'jawab dengan JSON')
    .version(ownVersion(), '-V, --version', 'tampilkan versi Pendopo');
  speakIndonesian(program);
  program.addHelpText('after', `\n${examplesText(OVERVIEW)}\n\n${CODES}`);
  for (const subject of SUBJECTS) {
    const command = program
      .command(subject.name)
      .aliases([...subject.aliases])
      .description(subject.summary);
    for (const verb of subject.verbs) addVerb(command, verb, perform);
  }
  addVerb(program, doctor, perform);
  return program;
}

function addVerb(parent: Command, verb: Verb, perform: (verb: Verb, input: Input) => Promise<void>): void {
  const command = parent
    .command(verb.name)
    .aliases([...verb.aliases])
    .description(verb.summary);
  for (const [flags, description] of verb.args ?? []) command.argument(flags, description);
  for (const [flags, description] of verb.options ?? []) command.option(flags, description);
  if (verb.examples !== undefined) command.addHelpText('after', `\n${examplesText(verb.examples)}`);
  command.action(() => perform(verb, readInput(command)));
}

function examplesText(examples: readonly string[]): string {
  return `Contoh:\n${examples.map((example) => `  ${commandName()} ${example}`).join('\n')}`;
}
