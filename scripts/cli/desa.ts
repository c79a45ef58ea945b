import { ADDRESSES } from './desa-addresses.ts';
import { CHANGES } from './desa-change.ts';
import { setDesaContact } from './desa-contact.ts';
import { installDesa } from './desa-install.ts';
import { addDesa, listDesa, showDesa } from './desa-records.ts';
import { removeDesa } from './desa-remove.ts';
import { revealPassword, setSettings } from './desa-settings.ts';
import { SERVICE } from './desa-suspend.ts';
import type { Subject } from './verb.ts';

export const TENANTS: Subject = {
  name: 'desa',
  aliases: ['tenant'],
  summary: 'desa yang dilayani dan aplikasinya',
  verbs: [
    listDesa,
    addDesa,
    showDesa,
    installDesa,
    removeDesa,
    ...CHANGES,
    ...ADDRESSES,
    setDesaContact,
    ...SERVICE,
    revealPassword,
    setSettings,
  ],
};
