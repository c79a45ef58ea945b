import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Output } from '../../scripts/cli/output.ts';
import { buildProgram } from '../../scripts/cli/program.ts';
import { readConfig } from '../../src/config.ts';
import type { Toolbox } from '../../src/domain/ports.ts';
import { wordOfAction } from '../../src/ui/audit-words.ts';
import { layScene } from '../support/api-scene.ts';
import { type ApiWorld, apiWorld, DESA } from '../support/api-world.ts';
import {
  atRest,
  CERTIFICATE,
  EMPTY,
  FREE,
  suspended,
  withAuthority,
  withCertificate,
  withChannel,
  withDone,
  withFactor,
  withFiles,
  withOffsite,
} from '../support/audit-scenes.ts';

const folder = mkdtempSync('/tmp/pda-');
const silent: Output = {
  json: true,
  width: null,
  answer: () => undefined,
  line: () => undefined,
  note: () => undefined,
  fail: () => undefined,
};

let world: ApiWorld;
beforeAll(async () => {
  world = await apiWorld();
  writeFileSync(join(folder, 'chain.pem'), CERTIFICATE.chain);
  writeFileSync(join(folder, 'key.pem'), CERTIFICATE.key);
});
beforeEach(async () => {
  await world.reset();
  await layScene(world);
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await world.close();
});

interface VerbCase {
  readonly line: string;
  readonly prepare?: (world: ApiWorld) => unknown;
  readonly action: string;
}

const withSharedFile = ({ memory: { tools } }: ApiWorld): void => {
  Object.assign(tools.files, { exists: async (key: string) => key.includes('a.sql.gz') });
};
const withLocks = (place: ApiWorld): void => {
  atRest(place);
  const locks: Toolbox['locks'] = { withLock: (_name, _signal, work) => work(), tryLock: (_name, work) => work().then(() => true) };
  Object.assign(place.memory.tools, { locks });
};
const uninstalled = ({ memory }: ApiWorld): void => {
  memory.jobs.clear();
  memory.installations.clear();
};
const withTar = (place: ApiWorld): void => {
  withFiles(place);
  Object.assign(place.memory.tools.files, { openTar: async () => ({ bytes: 3, content: Readable.from(['tar']) }) });
};

/** Every verb that changes something or takes something along. */
const CASES: readonly VerbCase[] = [
  { line: `desa tambah ${FREE}`, action: 'create-tenant' },
  { line: `desa pasang ${EMPTY} --aplikasi contoh`, action: 'install' },
  { line: `desa hapus ${DESA} --aplikasi contoh --ya-hapus ${DESA}`, prepare: atRest, action: 'remove' },
  { line: `desa perbarui ${DESA} --aplikasi contoh`, prepare: atRest, action: 'update' },
  { line: `desa mundur ${DESA} --aplikasi contoh --ya ${DESA}`, prepare: atRest, action: 'rollback' },
  { line: `desa cadangkan ${DESA} --aplikasi contoh`, prepare: atRest, action: 'backup' },
  { line: `desa pulihkan ${DESA} --cadangan CADANG1 --ya ${DESA}`, prepare: atRest, action: 'restore' },
  { line: `desa ubah-domain ${DESA} --domain baru.desa.id`, prepare: atRest, action: 'change-addresses' },
  { line: `desa kontak ${DESA} desa@kab.go.id`, action: 'set-contact' },
  { line: `desa tangguhkan ${DESA}`, prepare: atRest, action: 'suspend' },
  { line: `desa aktifkan ${DESA}`, prepare: suspended, action: 'resume' },
  { line: `desa sandi ${DESA} --aplikasi contoh`, prepare: atRest, action: 'reveal-secret' },
  { line: `desa setelan ${DESA} gangguan=lambat --aplikasi contoh`, prepare: atRest, action: 'configure-settings' },
  { line: 'pekerjaan coba-lagi GAGAL', action: 'retry' },
  { line: 'pekerjaan batal JALAN', action: 'cancel' },
  { line: 'pembaruan mulai contoh', prepare: atRest, action: 'start-rollout' },
  { line: `pembaruan lewati HENTI1 ${DESA}`, action: 'skip-member' },
  { line: `pembaruan ikutkan JALAN1 ${DESA}`, action: 'admit-member' },
  { line: 'pembaruan hentikan JALAN1', action: 'halt-rollout' },
  { line: 'pembaruan lanjutkan HENTI1', action: 'resume-rollout' },
  { line: 'pembaruan akhiri HENTI1', action: 'end-rollout' },
  { line: 'pembaruan coba-lagi HENTI1', action: 'retry-members' },
  { line: 'pembaruan mundurkan HENTI1', prepare: withDone, action: 'return-rollout' },
  { line: 'gladi mulai contoh --versi v1.2.0', prepare: atRest, action: 'start-rehearsal' },
  { line: `gladi ikutkan JALAN1 ${DESA}`, action: 'admit-member' },
  { line: 'cadangan uji CADANG1', prepare: atRest, action: 'drill' },
  { line: `cadangan unduh CADANG1 --ke ${folder}/unduhan.tar`, prepare: withTar, action: 'download-backup' },
  { line: 'jadwal atur uji-cadangan --mati', action: 'save-schedule' },
  { line: 'jadwal jalankan uji-cadangan', action: 'run-task' },
  { line: 'salinan-luar atur /mnt/baru', action: 'configure-offsite' },
  { line: 'salinan-luar hentikan', prepare: withOffsite, action: 'drop-offsite' },
  { line: 'salinan-luar jalankan', prepare: withOffsite, action: 'run-task' },
  { line: 'salinan-luar periksa', prepare: withOffsite, action: 'run-task' },
  { line: 'pemberitahuan atur telegram --obrolan -200 --rahasia-tetap', prepare: withChannel, action: 'set-channel' },
  { line: 'pemberitahuan coba surel', prepare: withChannel, action: 'try-channel' },
  { line: 'pemberitahuan matikan surel', prepare: withChannel, action: 'drop-channel' },
  { line: 'arsip pulihkan ARSIP1', action: 'unarchive' },
  { line: 'rilis tahan contoh v1.2.0 --sebab rusak', action: 'bar-release' },
  { line: 'rilis lepas contoh v1.2.0', action: 'unbar-release' },
  { line: `rilis kunci ${DESA} --aplikasi contoh`, action: 'pin' },
  { line: `rilis lepas-kunci ${DESA} --aplikasi contoh`, action: 'unpin' },
  { line: 'rilis rapikan', action: 'prune-images' },
  { line: `gabungan daftar ${DESA}`, prepare: atRest, action: 'register-slice' },
  { line: `gabungan lepas ${DESA}`, prepare: withLocks, action: 'detach-slice' },
  { line: `gabungan sambung ${DESA}`, prepare: atRest, action: 'attach-slice' },
  { line: `gabungan periksa ${DESA}`, action: 'prove-slice' },
  { line: `gabungan perbaiki ${DESA}`, action: 'repair-slice' },
  { line: `gabungan hapus ${DESA} --ya ${DESA}`, prepare: withLocks, action: 'unregister-slice' },
  { line: 'gabungan akun buat baru --keperluan OpenKab', action: 'create-reader' },
  { line: 'gabungan akun putar analis', action: 'rotate-reader' },
  { line: 'gabungan akun cabut analis', action: 'revoke-reader' },
  { line: 'pisah tambah baru --berkas a.sql.gz --aplikasi contoh', prepare: withSharedFile, action: 'add-shared-source' },
  { line: 'pisah salin kabupaten', action: 'refresh-shared-source' },
  { line: `pisah pindahkan kabupaten ${DESA}`, prepare: uninstalled, action: 'install' },
  { line: 'pisah hapus kabupaten', action: 'remove-shared-source' },
  { line: `sertifikat unggah ${folder}/chain.pem ${folder}/key.pem`, action: 'upload-certificate' },
  { line: 'sertifikat hapus SERTI1', prepare: withCertificate, action: 'remove-certificate' },
  { line: 'sertifikat otomatis baru@kab.go.id --setuju', action: 'configure-authority' },
  { line: 'sertifikat hentikan', prepare: withAuthority, action: 'drop-authority' },
  { line: 'sertifikat minta mekarsari.desa.id', prepare: withAuthority, action: 'request-certificate' },
  { line: `sertifikat cara ${DESA} unggah`, action: 'choose-certificates' },
  { line: 'pengguna tambah budi --peran operator', action: 'create-user' },
  { line: 'pengguna sandi pembaca', action: 'reset-password' },
  { line: 'pengguna setel-ulang-dua-langkah pembaca', prepare: withFactor('UPEMBACA'), action: 'reset-second-factor' },
  { line: 'pengguna keluarkan pembaca', action: 'end-sessions' },
];

/** Look, and leave everything as it is. */
const READS = [
  ...['desa daftar', 'desa lihat', 'desa alamat', 'pekerjaan daftar', 'pekerjaan lihat', 'pekerjaan ikuti', 'pekerjaan penyebab'],
  ...['pembaruan daftar', 'pembaruan lihat', 'gladi daftar', 'gladi lihat', 'cadangan daftar', 'cadangan pratinjau', 'cadangan giliran'],
  ...['salinan-luar lihat', 'pemberitahuan daftar', 'arsip daftar', 'aplikasi daftar', 'rilis daftar', 'gabungan status'],
  ...['gabungan ringkasan', 'pisah daftar', 'pisah laporan', 'sertifikat daftar', 'sertifikat permintaan', 'wilayah cari'],
  ...['wilayah isi', 'jadwal daftar', 'periksa'],
];

const verbOf = (line: string): string => line.split(' ').slice(0, 2).join(' ');

it('every verb either looks on, or has a line here', () => {
  const said = buildProgram(async () => undefined).commands.flatMap((command) =>
    command.commands.length === 0 ? [command.name()] : command.commands.map((verb) => `${command.name()} ${verb.name()}`),
  );
  const known = new Set([...CASES.map(({ line }) => verbOf(line)), ...READS]);
  expect(said.filter((verb) => !known.has(verb))).toEqual([]);
  expect([...known].filter((verb) => !said.includes(verb))).toEqual([]);
});

describe.each(CASES)('pendopo $line', ({ line, prepare, action }) => {
  it(`is on record as ${action}, by who sits at the machine`, async () => {
    await prepare?.(world);
    const before = world.memory.audit.length;
    const actor = { id: 'cli', username: 'cli:budi', role: 'superadmin', wilayah: null } as const;
    const config = readConfig({ PENDOPO_DATA: folder });
    const program = buildProgram(async (verb, input) => {
      if (verb.standalone === true) throw new Error('changes nothing');
      const session = { tools: world.memory.tools, actor, config, ownDatabase: true, output: silent, close: async () => undefined };
      expect(await verb.run(session, input)).toBe(0);
    });
    await program.parseAsync(line.split(' '), { from: 'user' });
    const written = world.memory.audit.slice(before);
    expect(written.map((one) => one.action)).toContain(action);
    for (const one of written) expect(one.actor).toBe('cli:budi');
    expect(wordOfAction(action)).not.toBe(action);
  });
});
