/** What a script is for, said before the machine is touched: whoever asks for help wants nothing installed. */

/** `options`: those that it knows; a script without them takes what it likes. */
const SCRIPTS = {
  'demo.ts': {
    usage: 'npm run demo [-- --selesai]',
    text: [
      'Menyiapkan semuanya, memasang satu desa sungguhan, lalu menampilkan alamat dan kata sandi pertama. Berhenti: Ctrl-C.',
      '  --selesai   berhenti sendiri setelah desa terpasang',
    ],
    options: ['--selesai'],
  },
  'start.ts': {
    usage: 'npm start',
    text: ['Menjalankan Pendopo sampai dihentikan (Ctrl-C). Setelan: .env.example.'],
    options: [],
  },
  'test.ts': { usage: 'npm test [-- berkas …]', text: ['Semua pemeriksaan dan pengujian. Yang ditulis sesudah -- diteruskan ke vitest.'] },
  'check.ts': {
    usage: 'npm run check [-- berkas …]',
    text: ['Seperti npm test, tanpa pengujian yang membuat image dan menjalankan kontainer.'],
  },
  'bench.ts': {
    usage: 'npm run bench [-- subjek …] [--runs 10] [--desa N]',
    text: ['Mengukur Pendopo di komputer ini dan menampilkan tabel. Subjeknya: docs/BENCH.md.'],
  },
  'chaos.ts': {
    usage: 'npm run chaos [-- --runs 10 --seed 1]',
    text: ['Mematikan pekerja di saat acak selama memasang, memperbarui, mundur versi dan menghapus; menampilkan akhirnya.'],
  },
};

/** @returns what to print and the exit code, or null when the script should run */
export function helpFor(script, args) {
  const help = SCRIPTS[script];
  if (help === undefined) return null;
  const usage = `Pemakaian: ${help.usage}`;
  if (args.some((arg) => ['--help', '-h', '--bantuan'].includes(arg))) return { text: [usage, '', ...help.text].join('\n'), code: 0 };
  const unknown = help.options && args.find((arg) => !help.options.includes(arg));
  return unknown === undefined ? null : { text: `Tidak dikenal: ${unknown}\n${usage}`, code: 2 };
}
