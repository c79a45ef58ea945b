/** A question of the kind that readers of a combined OpenSID database send, word by word: joins by bare id, nik and no_kk. */
export interface ReaderQuery {
  readonly name: string;
  readonly sql: string;
  readonly values?: readonly string[];
}

/** Some desa, kecamatan and resident that is there. */
export interface Samples {
  readonly configId: number;
  readonly kodeKecamatan: string;
  readonly nik: string;
}

/** Who has not died, as the newest note about them tells it: API-Database-Gabungan v2506 puts it so before most of its statistics. */
const NOTED = `(SELECT l.id_pend FROM log_penduduk l JOIN (SELECT MAX(id) AS id, id_pend FROM log_penduduk GROUP BY id_pend) logMax
  ON logMax.id = l.id WHERE l.kode_peristiwa != 2) log ON log.id_pend = p.id`;

export function readerQueries({ configId, kodeKecamatan, nik }: Samples): readonly ReaderQuery[] {
  return [
    {
      name: 'penduduk menurut jenis kelamin, menurut catatan terakhir',
      sql: `SELECT COUNT(CASE WHEN p.sex = 1 THEN p.id END) AS laki, COUNT(CASE WHEN p.sex = 2 THEN p.id END) AS perempuan FROM tweb_penduduk p JOIN ${NOTED}
        WHERE p.status_dasar = 1`,
    },
    {
      name: 'pendidikan, menurut catatan terakhir',
      sql: `SELECT r.id, r.nama, COUNT(CASE WHEN p.sex = 1 THEN p.id END) AS laki, COUNT(CASE WHEN p.sex = 2 THEN p.id END) AS perempuan
        FROM tweb_penduduk_pendidikan_kk r LEFT JOIN tweb_penduduk p ON p.pendidikan_kk_id = r.id JOIN ${NOTED} WHERE p.status_dasar = 1 GROUP BY r.id, r.nama`,
    },
    {
      name: 'rentang umur',
      sql: `SELECT u.id, u.nama, COUNT(p.id) AS n FROM tweb_penduduk_umur u JOIN tweb_penduduk p
        ON TIMESTAMPDIFF(YEAR, p.tanggallahir, CURDATE()) BETWEEN u.dari AND u.sampai AND p.status_dasar = 1
        WHERE u.config_id = (SELECT MIN(config_id) FROM tweb_penduduk_umur) AND u.status = 0 GROUP BY u.id, u.nama`,
    },
    {
      name: 'keluarga dengan kepala yang hidup, per kecamatan',
      sql: `SELECT c.kode_kecamatan, COUNT(*) AS n FROM tweb_keluarga k JOIN tweb_penduduk p ON p.id = k.nik_kepala AND p.status_dasar = 1
        JOIN config c ON c.id = k.config_id GROUP BY c.kode_kecamatan`,
    },
    {
      name: 'penduduk per kecamatan dan jenis kelamin',
      sql: `SELECT c.kode_kecamatan, p.sex, COUNT(*) AS n FROM tweb_penduduk p JOIN config c ON c.id = p.config_id
        WHERE p.status_dasar = 1 GROUP BY c.kode_kecamatan, p.sex`,
    },
    {
      name: 'peserta bantuan perorangan (lewat NIK)',
      sql: `SELECT g.nama, COUNT(*) AS n FROM program g JOIN program_peserta s ON s.program_id = g.id JOIN tweb_penduduk p ON p.nik = s.peserta
        WHERE g.sasaran = 1 GROUP BY g.nama`,
    },
    {
      name: 'peserta bantuan keluarga (lewat nomor KK), kepala per jenis kelamin',
      sql: `SELECT g.nama, p.sex, COUNT(*) AS n FROM program g JOIN program_peserta s ON s.program_id = g.id JOIN tweb_keluarga k ON k.no_kk = s.peserta
        JOIN tweb_penduduk p ON p.id = k.nik_kepala WHERE g.sasaran = 2 GROUP BY g.nama, p.sex`,
    },
    {
      name: 'cari nama di satu kecamatan',
      sql: `SELECT p.id, p.nama, p.nik, c.nama_desa FROM tweb_penduduk p JOIN config c ON c.id = p.config_id
        WHERE c.kode_kecamatan = ? AND p.nama LIKE '%minah 12%' ORDER BY p.nama LIMIT 20`,
      values: [kodeKecamatan],
    },
    {
      name: 'satu penduduk menurut NIK, dengan keluarga dan dusun',
      sql: `SELECT p.nama, k.no_kk, w.dusun FROM tweb_penduduk p LEFT JOIN tweb_keluarga k ON k.id = p.id_kk
        LEFT JOIN tweb_wil_clusterdesa w ON w.id = p.id_cluster WHERE p.nik = ?`,
      values: [nik],
    },
    {
      name: 'keluarga satu desa dengan jumlah anggota, satu halaman',
      sql: `SELECT k.no_kk, h.nama, (SELECT COUNT(*) FROM tweb_penduduk a WHERE a.id_kk = k.id AND a.status_dasar = 1) AS anggota
        FROM tweb_keluarga k JOIN tweb_penduduk h ON h.id = k.nik_kepala WHERE k.config_id = ${configId} ORDER BY k.no_kk LIMIT 20`,
    },
  ];
}
