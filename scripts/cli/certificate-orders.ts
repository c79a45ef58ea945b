import { authorityView, orderView } from '../../src/api/certificate-orders.ts';
import { LETS_ENCRYPT } from '../../src/domain/authority.ts';
import type { CertificateChoice } from '../../src/domain/certificate-order.ts';
import { Invalid } from '../../src/domain/errors.ts';
import { chooseCertificates, configureAuthority, dropAuthority, requestCertificate } from '../../src/workflows/commands/authority.ts';
import { readText } from './read-text.ts';
import { table } from './table.ts';
import type { Verb } from './verb.ts';
import { when } from './words.ts';

const automate: Verb = {
  name: 'otomatis',
  aliases: ['auto'],
  summary: 'mengaktifkan sertifikat otomatis (ACME): diminta dan diperpanjang dengan sendirinya',
  args: [['<surel>', 'yang dapat dihubungi penerbit']],
  options: [
    ['--penerbit <url>', `alamat direktori ACME; bawaan ${LETS_ENCRYPT}`],
    ['--ca <berkas>', 'sertifikat akar (PEM) dari penerbit milik sendiri'],
    ['--setuju', 'menyetujui ketentuan penerbit'],
  ],
  examples: ['sertifikat otomatis kominfo@lombokbaratkab.go.id --setuju'],
  async run({ tools, actor, output }, input) {
    const file = input.optional('ca');
    const made = await configureAuthority(tools, actor, {
      ...{ directory: input.optional('penerbit') ?? '', email: input.value('surel'), agreed: input.flag('setuju') },
      roots: file === null ? null : await readText(file),
    });
    output.answer(authorityView(made), () =>
      [`Aktif lewat ${made.directory}.`, ...(made.terms === null ? [] : [`Ketentuan: ${made.terms}`])].join('\n'),
    );
    return 0;
  },
};

const stop: Verb = {
  name: 'hentikan',
  aliases: ['stop'],
  summary: 'tidak meminta dan tidak memperpanjang sertifikat lagi; yang ada tetap sampai berakhir',
  async run({ tools, actor, output }) {
    await dropAuthority(tools, actor);
    output.answer({}, () => 'Sertifikat otomatis dihentikan.');
    return 0;
  },
};

const ask: Verb = {
  name: 'minta',
  aliases: ['request'],
  summary: 'meminta sertifikat satu nama sekarang',
  args: [['<nama>', 'misalnya sukamaju.desa.id; DNS-nya sudah mengarah ke server ini']],
  async run({ tools, actor, output }, input) {
    const order = await requestCertificate(tools, actor, input.value('nama'));
    output.answer(orderView(order), () => `Diminta. Hasilnya dalam beberapa detik: sertifikat permintaan`);
    return 0;
  },
};

const listOrders: Verb = {
  name: 'permintaan',
  aliases: ['orders'],
  summary: 'nama yang menunggu sertifikat, sebabnya, dan kapan dicoba lagi',
  async run({ tools, config, output }) {
    const orders = await tools.certificateOrders.list();
    const columns = [{ title: 'Nama' }, { title: 'Sebab', flexible: true as const }, { title: 'Dicoba lagi' }];
    const cells = orders.map(({ host, failure, nextAt }) => [
      host,
      failure === null ? 'sedang diminta' : `${failure.message} ${failure.advice}`,
      when(nextAt, config),
    ]);
    output.answer({ rows: orders.map(orderView) }, () =>
      orders.length === 0 ? 'Tidak ada nama yang menunggu sertifikat.' : table(columns, cells, output.width),
    );
    return 0;
  },
};

const CHOICES: Readonly<Record<string, CertificateChoice>> = { otomatis: 'auto', unggah: 'upload', tanpa: 'none' };

const choose: Verb = {
  name: 'cara',
  aliases: ['choose'],
  summary: 'menentukan dari mana sertifikat sebuah desa',
  args: [
    ['<kode>', 'kode desa'],
    ['<cara>', 'otomatis, unggah (tidak diminta otomatis) atau tanpa (tidak dilayani HTTPS)'],
  ],
  examples: ['sertifikat cara 52.01.14.2001 unggah'],
  async run({ tools, actor, output }, input) {
    const choice = CHOICES[input.value('cara')];
    if (choice === undefined) throw new Invalid('cara-salah', 'Caranya: otomatis, unggah atau tanpa.', { field: 'cara' });
    await chooseCertificates(tools, actor, input.value('kode'), choice);
    output.answer({ choice }, () => 'Disimpan. Berlaku dalam beberapa detik.');
    return 0;
  },
};

/** Of the subject `sertifikat`. */
export const ORDER_VERBS: readonly Verb[] = [automate, stop, ask, listOrders, choose];
