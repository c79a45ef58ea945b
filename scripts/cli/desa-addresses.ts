import type { DesaAddresses } from '../../src/domain/address.ts';
import { Invalid } from '../../src/domain/errors.ts';
import { namaLengkap } from '../../src/ui/present.ts';
import type { AddressWish } from '../../src/workflows/addresses.ts';
import { requestAddresses } from '../../src/workflows/commands/addresses.ts';
import { chooseWord, findTenant, parseSettings } from './choose.ts';
import { followJob } from './follow.ts';
import type { Input } from './input.ts';
import { commandName } from './output.ts';
import { pairs } from './table.ts';
import type { Verb } from './verb.ts';

const SECURITY = { tidak: 'any', ya: 'https', hsts: 'hsts' } as const;
const SECURITY_WORDS = { any: 'tidak diwajibkan', https: 'wajib', hsts: 'wajib, dan diingat peramban' } as const;

const showAddresses: Verb = {
  name: 'alamat',
  aliases: ['addresses'],
  summary: 'alamat satu desa: domain, www, alamat lama yang mengalihkan',
  args: [['<kode>', 'kode desa']],
  async run({ tools, output }, input) {
    const { kode } = await findTenant(tools, input.value('kode'));
    const addresses = await tools.addresses.of(kode);
    output.answer(addresses, () => addressText(addresses));
    return 0;
  },
};

const changeDomain: Verb = {
  name: 'ubah-domain',
  aliases: ['domain'],
  summary: 'memindahkan desa ke domain lain; alamat lama mengalihkan ke yang baru',
  args: [['<kode>', 'kode desa']],
  options: [
    ['--domain <domain>', 'domain baru, atau - bila tidak ada lagi; tanpa ini domainnya tetap'],
    ['--www <ya|tidak>', 'apakah www.<domain> ikut dipakai'],
    ['--https <tidak|ya|hsts>', 'ya: pengunjung http dialihkan ke https'],
    ['--port <nomor>', 'desa tanpa domain: port sendiri di server ini; - untuk melepasnya'],
    ['--milik <aplikasi=domain>', 'domain sendiri untuk satu aplikasi; kosong sesudah = untuk melepasnya'],
    ['--lupakan <alamat>', 'alamat lama yang tidak perlu mengalihkan lagi'],
    ['--ikuti', 'tunggu sampai selesai sambil menampilkan langkahnya'],
  ],
  examples: [
    'desa ubah-domain 52.01.14.2001 --domain sukamaju.desa.id --ikuti',
    'desa ubah-domain 52.01.14.2001 --milik pbb=pbb.sukamaju.desa.id',
  ],
  async run(session, input) {
    const tenant = await findTenant(session.tools, input.value('kode'));
    const { addresses, jobId } = await requestAddresses(session.tools, session.actor, { ...wishOf(input), kode: tenant.kode });
    if (jobId !== null && input.flag('ikuti')) return followJob(session, jobId);
    const next = jobId === null ? 'Sudah berlaku; belum ada aplikasi yang terpasang.' : `Ikuti: ${commandName()} pekerjaan ikuti ${jobId}`;
    session.output.answer({ addresses, jobId }, () => `Ubah domain ${namaLengkap(tenant)}:\n${addressText(addresses)}\n${next}`);
    return 0;
  },
};

function wishOf(input: Input): AddressWish {
  const domain = input.optional('domain');
  const www = input.optional('www');
  const https = input.optional('https');
  const port = input.optional('port');
  const own = input.optional('milik');
  const forget = input.optional('lupakan');
  return {
    ...(domain === null ? {} : { domain }),
    ...(www === null ? {} : { www: chooseWord('www', www, { ya: true, tidak: false }) }),
    ...(https === null ? {} : { security: chooseWord('https', https, SECURITY) }),
    ...(port === null ? {} : { port: port === '-' ? null : numberOf(port) }),
    ...(own === null ? {} : { own: parseSettings([own]) }),
    ...(forget === null ? {} : { forget: [forget] }),
  };
}

function numberOf(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new Invalid('port-salah', `"${text}" bukan nomor port.`, { field: 'port' });
}

function addressText({ domain, port, www, own, old, security }: DesaAddresses): string {
  return pairs([
    ['Domain', domain ?? '–'],
    ...(port === null ? [] : [['Port', String(port)] as const]),
    ['www', www ? 'dipakai' : 'tidak'],
    ['HTTPS', SECURITY_WORDS[security]],
    ...Object.entries(own).map(([app, host]) => [`Milik ${app}`, host] as const),
    ['Alamat lama', old.join(', ') || '–'],
  ]);
}

export const ADDRESSES: readonly Verb[] = [showAddresses, changeDomain];
