/** Why an authority did not prove a name, in words of those who can mend it. Types: RFC 8555 §6.7. */
import { Broken } from '../domain/errors.ts';

type Words = readonly [code: string, message: (host: string) => string, advice: string];

const UNREACHED: Words = [
  'situs-tidak-terjangkau',
  (host) => `Penerbit tidak dapat membuka http://${host}/ (port 80) dari internet.`,
  'Pastikan DNS nama ini mengarah ke server ini, dan port 80 server ini terbuka dari internet.',
];
const ELSEWHERE: Words = [
  'bukan-server-ini',
  (host) => `Yang menjawab di http://${host}/ bukan server ini.`,
  'Arahkan DNS nama ini ke server ini; hapus catatan A atau AAAA yang lama.',
];

const WORDS: Readonly<Record<string, Words>> = {
  dns: [
    'nama-tanpa-dns',
    (host) => `${host} belum ada di DNS, atau DNS-nya tidak menjawab.`,
    'Buat catatan A di pengelola domain yang mengarah ke server ini.',
  ],
  connection: UNREACHED,
  unauthorized: ELSEWHERE,
  incorrectResponse: ELSEWHERE,
  tls: ELSEWHERE,
  caa: [
    'caa-melarang',
    (host) => `Catatan CAA di DNS ${host} tidak mengizinkan penerbit ini.`,
    'Tambahkan penerbit ini pada catatan CAA domain itu, atau hapus catatannya.',
  ],
  rejectedIdentifier: [
    'nama-ditolak',
    (host) => `Penerbit tidak menerbitkan sertifikat untuk ${host}.`,
    'Unggah sertifikat dari penerbit lain untuk nama ini.',
  ],
  accountDoesNotExist: [
    'akun-penerbit-hilang',
    () => 'Akun server ini tidak dikenal lagi oleh penerbit.',
    'Simpan ulang pengaturan sertifikat otomatis.',
  ],
};

/** @returns what to throw; its reason holds the authority's own words */
export function refusalOf({ type, detail }: { readonly type: string; readonly detail: string }, host: string): Broken {
  const [code, message, advice] = WORDS[type.replace('urn:ietf:params:acme:error:', '')] ?? [
    'penerbit-menolak-nama',
    (name: string) => `Penerbit menolak permintaan untuk ${name}.`,
    'Baca alasan penerbit; permintaan diulang dengan sendirinya.',
  ];
  return new Broken(code, message(host), { advice, cause: new Error(detail) });
}
