/** Rows of a desa in OpenSID's own tables, as years of work leave them: generated, and different for every kode. */
export interface OpensidRows {
  /** Ten digits of the desa: the first of every NIK and number of a KK. */
  readonly digits: string;
  readonly residents: number;
}

/** Statements for the desa's own schema, freshly seeded. Names and numbers are invented. */
export function opensidRows({ digits, residents }: OpensidRows): readonly string[] {
  const families = Math.max(1, Math.floor(residents / 3.2));
  const users = '(SELECT MIN(id) FROM user)';
  return [
    // Columns that OpenSID's forms always fill in and nobody here looks at.
    "SET SESSION sql_mode = ''",
    'SET @config = (SELECT MIN(id) FROM config)',
    "INSERT INTO tweb_wil_clusterdesa (config_id, rt, rw, dusun) SELECT @config, LPAD(seq, 3, '0'), '001', CONCAT('Dusun ', 1 + seq % 5) FROM seq_1_to_20",
    'SET @cluster = (SELECT MAX(id) - 19 FROM tweb_wil_clusterdesa)',
    `INSERT INTO tweb_keluarga (config_id, no_kk, id_cluster, tgl_daftar)
       SELECT @config, CONCAT('${digits}', 900000 + seq), @cluster + seq % 20, NOW() - INTERVAL seq DAY FROM seq_1_to_${families}`,
    'SET @kk = (SELECT MIN(id) FROM tweb_keluarga)',
    `INSERT INTO tweb_penduduk (config_id, nama, nik, id_kk, kk_level, sex, tempatlahir, tanggallahir, agama_id, pendidikan_kk_id, pendidikan_sedang_id,
       pekerjaan_id, status_kawin, golongan_darah_id, cacat_id, status, status_dasar, id_cluster, nama_ayah, nama_ibu, alamat_sekarang, created_by)
       SELECT @config, CONCAT(ELT(1 + seq % 8, 'Lalu ', 'Baiq ', 'Amaq ', 'Inaq ', 'Haji ', 'Siti ', 'Ahmad ', 'Nur '), ELT(1 + seq % 7, 'Saleh', 'Aminah', 'Wira', 'Sahnan', 'Rohani', 'Zaini', 'Husnul'), ' ', seq),
         CONCAT('${digits}', LPAD(seq, 6, '0')), @kk + seq % ${families}, IF(seq <= ${families}, 1, 2 + seq % 4), 1 + seq % 2, 'Senggigi',
         CURDATE() - INTERVAL (seq * 7919) % 29000 DAY, 1 + seq % 6, 1 + seq % 10, 1 + seq % 18, 1 + seq % 88, 1 + seq % 4, 1 + seq % 13, IF(seq % 50 = 0, 1 + seq % 6, NULL),
         1, IF(seq % 40 = 0, 2, 1), @cluster + seq % 20, 'Amaq Bapak', 'Inaq Ibu', 'Jalan Raya Senggigi', ${users} FROM seq_1_to_${residents}`,
    'SET @first = (SELECT MIN(id) FROM tweb_penduduk)',
    `UPDATE tweb_keluarga SET nik_kepala = @first + (id - @kk + ${families} - 1) % ${families}`,
    `INSERT INTO log_penduduk (config_id, id_pend, kode_peristiwa, tgl_lapor, tgl_peristiwa, created_by)
       SELECT @config, id, 5, NOW() - INTERVAL 400 DAY, NOW() - INTERVAL 400 DAY, ${users} FROM tweb_penduduk ORDER BY id`,
    `INSERT INTO log_penduduk (config_id, id_pend, kode_peristiwa, tgl_lapor, tgl_peristiwa, created_by)
       SELECT @config, id, 2, NOW() - INTERVAL 9 DAY, NOW() - INTERVAL 10 DAY, ${users} FROM tweb_penduduk WHERE status_dasar = 2 ORDER BY id`,
    `INSERT INTO tweb_rtm (config_id, nik_kepala, no_kk) SELECT @config, nik_kepala, CONCAT('${digits}', 'R', id) FROM tweb_keluarga WHERE id % 4 = 0 ORDER BY id`,
    "INSERT INTO kelompok_master (config_id, kelompok, deskripsi) VALUES (@config, 'Kelompok Tani', '')",
    `INSERT INTO kelompok (config_id, id_master, id_ketua, nama, slug, kode) SELECT @config, (SELECT MAX(id) FROM kelompok_master), @first + seq, CONCAT('Tani ', seq), CONCAT('tani-', seq), CONCAT('T', seq) FROM seq_1_to_5`,
    `INSERT INTO program (config_id, nama, slug, sasaran, sdate, edate, status, asaldana)
       SELECT @config, ELT(seq, 'BLT Desa', 'PKH', 'Bedah Rumah', 'Bantuan Pupuk'), CONCAT('bantuan-', seq), seq, '2026-01-01', '2026-12-31', 1, 'Pusat' FROM seq_1_to_4`,
    'SET @program = (SELECT MAX(id) - 3 FROM program)',
    participants('@program', 'nik', 'p.id % 9 = 0'),
    participants('@program + 1', '(SELECT k.no_kk FROM tweb_keluarga k WHERE k.id = p.id_kk)', 'p.kk_level = 1 AND p.id % 5 = 0'),
    participants(
      '@program + 2',
      '(SELECT r.no_kk FROM tweb_rtm r WHERE r.nik_kepala = p.id LIMIT 1)',
      'p.id IN (SELECT nik_kepala FROM tweb_rtm) AND p.id % 3 = 0',
    ),
    participants('@program + 3', '(SELECT g.id FROM kelompok g WHERE g.id_ketua = p.id)', 'p.id IN (SELECT id_ketua FROM kelompok)'),
    `INSERT INTO artikel (config_id, judul, isi, id_kategori, id_user, slug, tgl_upload, enabled)
       SELECT @config, CONCAT('Kabar desa ', seq), CONCAT('<p>', REPEAT('Gotong royong di dusun. ', 20), '</p>'), (SELECT MIN(id) FROM kategori), ${users}, CONCAT('kabar-', seq), NOW() - INTERVAL seq DAY, 1 FROM seq_1_to_40`,
    `INSERT INTO log_surat (config_id, id_format_surat, id_pend, id_pamong, id_user, tanggal, no_surat, nama_surat, status, deleted_at)
       SELECT @config, (SELECT MIN(id) FROM tweb_surat_format), @first + seq, (SELECT MIN(pamong_id) FROM tweb_desa_pamong), ${users}, NOW() - INTERVAL seq HOUR, seq, CONCAT('surat-', seq), 1, IF(seq % 10 = 0, NOW(), NULL)
       FROM seq_1_to_60`,
    "INSERT INTO cdesa (config_id, nomor, nama_kepemilikan, jenis_pemilik) VALUES (@config, 1, 'Amaq Saleh', 1)",
    'INSERT IGNORE INTO sys_traffic (config_id, Tanggal, ipAddress, Jumlah) SELECT @config, CURDATE() - INTERVAL seq DAY, \'{"ip_address":["10.1.2.3"]}\', seq FROM seq_1_to_90',
  ];
}

function participants(program: string, who: string, where: string): string {
  return `INSERT INTO program_peserta (config_id, peserta, program_id, kartu_nik, kartu_nama, kartu_tanggal_lahir, kartu_id_pend)
    SELECT @config, ${who}, ${program}, p.nik, p.nama, p.tanggallahir, p.id FROM tweb_penduduk p WHERE ${where} ORDER BY p.id`;
}
