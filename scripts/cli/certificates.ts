import { certificateView } from '../../src/api/certificates.ts';
import type { Certificate } from '../../src/domain/certificate.ts';
import { Secret } from '../../src/domain/secret.ts';
import { EXPIRY_LOOKS } from '../../src/ui/certificate-looks.ts';
import { removeCertificate, uploadCertificate } from '../../src/workflows/commands/certificates.ts';
import { ORDER_VERBS } from './certificate-orders.ts';
import { readText } from './read-text.ts';
import { table } from './table.ts';
import type { Subject, Verb } from './verb.ts';

const listCertificates: Verb = {
  name: 'daftar',
  aliases: ['list', 'ls'],
  summary: 'sertifikat yang ada, yang paling dekat akhirnya lebih dahulu',
  async run({ tools, output }) {
    const now = tools.clock.now();
    const rows = (await tools.certificates.list()).map((one) => certificateView(one, now));
    const columns = [
      { title: 'Nomor' },
      { title: 'Domain', flexible: true as const },
      { title: 'Penerbit' },
      { title: 'Berakhir' },
      { title: 'Keadaan' },
    ];
    const cells = rows.map(({ id, hosts, issuer, notAfter, expiry, daysLeft }) => [
      ...[id, hosts.join(' '), issuer, notAfter.slice(0, 10)],
      `${EXPIRY_LOOKS[expiry].word} (${daysLeft} hari)`,
    ]);
    output.answer({ rows }, () => (rows.length === 0 ? 'Belum ada sertifikat.' : table(columns, cells, output.width)));
    return 0;
  },
};

const uploadOne: Verb = {
  name: 'unggah',
  aliases: ['upload'],
  summary: 'menyimpan sertifikat (satu domain atau wildcard) beserta rantai dan kuncinya',
  args: [
    ['<sertifikat>', 'berkas PEM, lengkap dengan rantainya (fullchain.pem)'],
    ['<kunci>', 'berkas kunci privat PEM'],
  ],
  examples: ['sertifikat unggah fullchain.pem privkey.pem'],
  async run({ tools, actor, output }, input) {
    const [chain, key] = [await readText(input.value('sertifikat')), new Secret(await readText(input.value('kunci')))];
    const made = await uploadCertificate(tools, actor, { chain, key });
    output.answer(certificateView(made, tools.clock.now()), () => saved(made));
    return 0;
  },
};

const removeOne: Verb = {
  name: 'hapus',
  aliases: ['remove'],
  summary: 'menghapus satu sertifikat dan kuncinya',
  args: [['<nomor>', 'lihat: sertifikat daftar']],
  async run({ tools, actor, output }, input) {
    await removeCertificate(tools, actor, input.value('nomor'));
    output.answer({}, () => 'Sertifikat dihapus.');
    return 0;
  },
};

function saved({ id, hosts, notAfter }: Certificate): string {
  return `Sertifikat ${id} untuk ${hosts.join(', ')} disimpan; berlaku sampai ${notAfter.toISOString().slice(0, 10)}. Dipakai dalam beberapa detik.`;
}

export const CERTIFICATES: Subject = {
  name: 'sertifikat',
  aliases: ['certificate'],
  summary: 'sertifikat HTTPS situs desa',
  verbs: [listCertificates, uploadOne, removeOne, ...ORDER_VERBS],
};
