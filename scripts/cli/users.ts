import { hashPassword } from '../../src/api/password.ts';
import { ROLES, type Role } from '../../src/domain/access.ts';
import { Invalid, NotFound } from '../../src/domain/errors.ts';
import type { Toolbox } from '../../src/domain/ports.ts';
import type { User } from '../../src/domain/ports-records.ts';
import type { Secret } from '../../src/domain/secret.ts';
import { ROLE_NAMES } from '../../src/ui/present.ts';
import { resetSecondFactor } from '../../src/workflows/commands/second-factor.ts';
import { endSessions } from '../../src/workflows/commands/sign-outs.ts';
import { createUser, type GivenPassword, resetPassword } from '../../src/workflows/commands/users.ts';
import { chooseWord } from './choose.ts';
import type { Output } from './output.ts';
import { pairs } from './table.ts';
import type { Subject, Verb } from './verb.ts';

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
    const role = input.optional('peran');
    if (role === null) throw new Invalid('peran-mana', `Sebutkan --peran: ${ROLES.join(', ')}.`, { field: 'role' });
    const wish = {
      username: input.value('nama'),
      name: input.optional('nama-lengkap'),
      role: chooseWord('peran', role, ROLE_WORDS),
      wilayah: input.optional('wilayah'),
    };
    tellPassword(output, await createUser(tools, actor, wish, hash));
    return 0;
  },
};

const renewPassword: Verb = {
  name: 'sandi',
  aliases: ['password'],
  summary: 'memberi kata sandi sekali pakai yang baru; semua sesi akun itu berakhir',
  args: [['<nama>', 'nama pengguna']],
  async run({ tools, actor, output }, input) {
    tellPassword(output, await resetPassword(tools, actor, input.value('nama'), hash));
    return 0;
  },
};

const resetFactor: Verb = {
  name: 'setel-ulang-dua-langkah',
  aliases: ['reset-second-factor'],
  summary: 'mematikan verifikasi dua langkah akun yang telepon dan kode cadangannya hilang; semua sesinya berakhir',
  args: [['<nama>', 'nama pengguna']],
  async run({ tools, actor, output }, input) {
    const { id, username } = await findUser(tools, input.value('nama'));
    await resetSecondFactor(tools, actor, id);
    output.answer(
      { username, secondFactor: false },
      () => `Verifikasi dua langkah ${username} dimatikan; kata sandi saja cukup untuk masuk.`,
    );
    return 0;
  },
};

const signOut: Verb = {
  name: 'keluarkan',
  aliases: ['sign-out'],
  summary: 'mengeluarkan akun dari semua perangkat, seketika',
  args: [['<nama>', 'nama pengguna']],
  async run({ tools, actor, output }, input) {
    const { id, username } = await findUser(tools, input.value('nama'));
    await endSessions(tools, actor, id);
    output.answer({ username, signedOut: true }, () => `${username} dikeluarkan dari semua perangkat.`);
    return 0;
  },
};

export const USERS: Subject = {
  name: 'pengguna',
  aliases: ['user', 'users'],
  summary: 'akun untuk panel admin dan API',
  verbs: [addUser, renewPassword, resetFactor, signOut],
};

async function findUser({ users }: Toolbox, text: string): Promise<User> {
  const user = await users.findByName(text.trim());
  if (user === null) throw new NotFound('pengguna-tidak-ada', `Pengguna "${text.trim()}" tidak ada.`);
  return user;
}

function hash(password: Secret): Promise<string> {
  return hashPassword(password.expose());
}

function tellPassword(output: Output, { user: { username, role, wilayah }, password }: GivenPassword): void {
  const told = password.expose();
  output.answer({ username, role, wilayah, password: told }, () =>
    pairs([
      ['Pengguna', username],
      ['Peran', `${ROLE_NAMES[role]}${wilayah === null ? '' : ` di ${wilayah}`}`],
      ['Kata sandi', told],
    ]),
  );
  output.note('Catat sekarang: kata sandi ini tidak ditampilkan lagi, dan harus diganti saat pertama kali masuk.');
}
