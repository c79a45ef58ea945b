/** What the commands for updates and for rehearsals share. */
import { parseKodeTenant } from '../../src/domain/wilayah.ts';
import { admitMember } from '../../src/workflows/commands/rehearsals.ts';
import type { CauseGroup } from '../../src/workflows/rollout-view.ts';
import type { Verb } from './verb.ts';

export const HOURS: readonly [string, string] = ['--jam <mulai-selesai>', 'desa hanya dimulai pada jam ini, misalnya 22:00-05:00'];

/** Empty where nothing failed. */
export function causesText(causes: readonly CauseGroup[]): string {
  return causes
    .map(({ message, fingerprint, members }) => `✘ ${message} (${fingerprint})\n  ${members.map(({ kode }) => kode).join(', ')}`)
    .join('\n');
}

export const admit: Verb = {
  name: 'ikutkan',
  aliases: ['admit'],
  summary: 'mengikutkan desa yang gagal dalam gladi bersih',
  args: [
    ['<nomor>', 'nomor pembaruan atau gladi'],
    ['<kode>', 'kode desa'],
  ],
  async run({ tools, actor, output }, input) {
    await admitMember(tools, actor, input.value('nomor'), parseKodeTenant(input.value('kode')));
    output.answer({ ok: true }, () => 'Desa ini diikutkan.');
    return 0;
  },
};
