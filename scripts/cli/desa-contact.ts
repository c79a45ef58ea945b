import { setContact } from '../../src/workflows/commands/notices.ts';
import { findTenant } from './choose.ts';
import type { Verb } from './verb.ts';

export const setDesaContact: Verb = {
  name: 'kontak',
  aliases: ['contact'],
  summary: 'alamat surel desa, yang dikabari sebelum dan sesudah pembaruannya',
  args: [
    ['<kode>', 'kode desa'],
    ['<surel>', 'alamat surel, atau - untuk tidak mengabari'],
  ],
  examples: ['desa kontak 52.01.14.2001 sekdes@meninting.desa.id'],
  async run({ tools, actor, output }, input) {
    const { kode } = await findTenant(tools, input.value('kode'));
    const wanted = input.value('surel');
    const email = await setContact(tools, actor, { kode, email: wanted === '-' ? '' : wanted });
    output.answer({ kode, email }, () =>
      email === null ? `Desa ${kode} tidak dikabari lewat surel.` : `Desa ${kode} dikabari di ${email}.`,
    );
    return 0;
  },
};
