import { makeSecret } from '../../src/adapters/secret-kinds.ts';
import { hashPassword } from '../../src/api/password.ts';
import { ROLES, type Role, requireMay } from '../../src/domain/access.ts';
import { Invalid, NotFound } from '../../src/domain/errors.ts';
import type { User } from '../../src/domain/ports.ts';
import { ROLE_NAMES } from '../../src/ui/present.ts';
import { chooseWord, findWilayah } from './choose.ts';
import type { Output } from './output.ts';
import type { Session } from './session.ts';
import { pairs } from './table.ts';
import type { Subject, Verb } from './verb.ts';

/** Where `ensureFirstAdmin` keeps it. */
const FIRST_PASSWORD = 'user/first-admin';
const USERNAME = /^[a-z0-9][a-z0-9._-]{2,59}$/;
const ROLE_WORDS: Readonly<Record<string, Role>> = Object.fromEntries(ROLES.map((role) => [role, role]));

const addUser: Verb = {
  name: 'tambah',
  aliases: ['add'],
  summary: 'membuat akun, dengan kata sandi sekali pakai',
  args: [['<nama>', 'nama pengguna untuk masuk: huruf kecil, angka, titik, garis']],
  options: [
    ['--peran <peran>', ROLES.join(', ')],
    ['--wilayah <kode>', 'batasi pada wilayah ini; wajib untuk peran kecamatan'],
    ['--nama-lengkap <nama>', 'nama orangnya'],
  ],
  examples: ['pengguna tambah budi --peran operator', 'pengguna tambah praya --peran kecamatan --wilayah 52.02.01'],
  async run(session, input) {
    const { tools, actor, output } = session;
    requireMay(actor, 'manage-users', null);
    const username = input.value('nama').trim();
    if (!USERNAME.test(username)) {
      throw new Invalid(
        'nama-pengguna-salah',
        `Nama pengguna "${username}" tidak sah: 3–60 huruf kecil, angka, titik, garis; diawali huruf atau angka.`,
        {
          field: 'username',
        },
      );
    }
    const role = input.optional('peran');
    if (role === null) throw new Invalid('peran-mana', `Sebutkan --peran: ${ROLES.join(', ')}.`, { field: 'role' });
    const account = {
      username,
      role: chooseWord('peran', role, ROLE_WORDS),
      ...(await regionOf(session, role, input.optional('wilayah'))),
    };
    const password = makeSecret('password');
    const id = tools.ids.next();
    const name = input.optional('nama-lengkap')?.trim() || username;
    await tools.users.create({ ...account, id, name, passwordHash: await hashPassword(password), mustChangePassword: true });
    await tools.audit.note({
      actor: actor.username,
      action: 'create-user',
      target: `user/${id}`,
      detail: { username, role: account.role, wilayah: account.wilayah },
    });
    tellPassword(output, account, password);
    return 0;
  },
};

const resetPassword: Verb = {
  name: 'sandi',
  aliases: ['password'],
  summary: 'memberi kata sandi sekali pakai yang baru; semua sesi akun itu berakhir',
  args: [['<nama>', 'nama pengguna']],
  async run({ tools, actor, output }, input) {
    requireMay(actor, 'manage-users', null);
    const username = input.value('nama').trim();
    const user = await tools.users.findByName(username);
    if (user === null) throw new NotFound('pengguna-tidak-ada', `Pengguna "${username}" tidak ada.`);
    const password = makeSecret('password');
    // The first account's first password is kept to be shown until it is changed; it would be shown wrong from now on.
    if (user.username === 'admin') await tools.vault.remove(FIRST_PASSWORD);
    await tools.users.savePassword(user.id, await hashPassword(password), true);
    await tools.audit.note({
      actor: actor.username,
      action: 'reset-password',
      target: `user/${user.id}`,
      detail: { username: user.username },
    });
    tellPassword(output, user, password);
    return 0;
  },
};

export const USERS: Subject = {
  name: 'pengguna',
  aliases: ['user', 'users'],
  summary: 'akun untuk panel admin dan API',
  verbs: [addUser, resetPassword],
};

async function regionOf({ tools }: Session, role: string, text: string | null): Promise<Pick<User, 'wilayah'>> {
  if (text === null && role === 'kecamatan') {
    throw new Invalid('wilayah-mana', 'Peran kecamatan memerlukan --wilayah <kode>.', { field: 'wilayah' });
  }
  if (text !== null && role === 'superadmin') {
    throw new Invalid('wilayah-berlebih', 'Superadmin tidak dibatasi wilayah; pakai peran kabupaten.', { field: 'wilayah' });
  }
  return { wilayah: text === null ? null : (await findWilayah(tools, text)).kode };
}

function tellPassword(output: Output, { username, role, wilayah }: Pick<User, 'username' | 'role' | 'wilayah'>, password: string): void {
  output.answer({ username, role, wilayah, password }, () =>
    pairs([
      ['Pengguna', username],
      ['Peran', `${ROLE_NAMES[role]}${wilayah === null ? '' : ` di ${wilayah}`}`],
      ['Kata sandi', password],
    ]),
  );
  output.note('Catat sekarang: kata sandi ini tidak ditampilkan lagi, dan harus diganti saat pertama kali masuk.');
}
