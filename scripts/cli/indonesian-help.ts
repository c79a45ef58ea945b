import type { Command, CommanderError } from 'commander';
import { Invalid } from '../../src/domain/errors.ts';

const TITLES: Readonly<Record<string, string>> = {
  'Usage:': 'Pemakaian:',
  'Arguments:': 'Isian:',
  'Options:': 'Pilihan:',
  'Global Options:': 'Pilihan umum:',
  'Commands:': 'Perintah:',
};

/** Makes commander's own words Indonesian, and hides the English aliases. */
export function speakIndonesian(program: Command): void {
  program
    .helpOption('-h, --help', 'tampilkan bantuan')
    .helpCommand('bantuan [perintah]', 'tampilkan bantuan suatu perintah')
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .configureHelp({
      showGlobalOptions: true,
      styleTitle: (title) => TITLES[title] ?? title,
      styleUsage: (usage) => usage.replaceAll('[options]', '[pilihan]').replaceAll('[command]', '[perintah]'),
      subcommandTerm: (command) => [command.name(), ...argumentsOf(command)].join(' '),
      commandUsage: (command) => `${pathOf(command)} ${command.usage()}`,
    });
}

/** What commander refuses, in our words. null: it was no refusal but a wish for help or the version. */
export function refusalOf(error: CommanderError): Invalid | null {
  if (error.exitCode === 0) return null;
  const [, name = ''] = /'([^']+)'/.exec(error.message) ?? [];
  const [, meant] = /Did you mean (?:one of )?([^?]+)\?/.exec(error.message) ?? [];
  const advice = meant === undefined ? 'Tambahkan --help untuk melihat yang mungkin.' : `Maksud Anda: ${meant}?`;
  const refuse = (code: string, message: string) => new Invalid(code, message, { advice });
  switch (error.code) {
    case 'commander.unknownCommand':
      return refuse('perintah-tidak-dikenal', `Perintah "${name}" tidak dikenal.`);
    case 'commander.unknownOption':
      return refuse('pilihan-tidak-dikenal', `Pilihan "${name}" tidak dikenal.`);
    case 'commander.missingArgument':
      return refuse('isian-kurang', `Isian <${name}> belum ada.`);
    case 'commander.optionMissingArgument':
      return refuse('isian-kurang', `Pilihan "${name}" belum diisi.`);
    case 'commander.excessArguments':
      return refuse('isian-berlebih', 'Terlalu banyak isian.');
    default:
      return refuse('perintah-salah', 'Perintah ini tidak dapat dimengerti.');
  }
}

function argumentsOf(command: Command): readonly string[] {
  return command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
    return argument.required ? `<${name}>` : `[${name}]`;
  });
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}
