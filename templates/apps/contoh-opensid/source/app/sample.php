<?php

declare(strict_types=1);

/** Invented families, the same every time. Province 99 does not exist, so no such NIK or nomor KK does either. */

const SAMPLE_FAMILIES = 30;
/** Stands for the desa in the template; `identify` replaces it. */
const NO_KODE = '0000000000';
const NO_APP_KEY = 'belum-ditetapkan';
const SAMPLE_SIZES = [4, 3, 5, 2, 3];
const SAMPLE_DUSUN = ['Mekarsari', 'Sukamaju', 'Tanjung'];
const SAMPLE_NAMES = [
    1 => ['Ahmad', 'Budi', 'Cahyo', 'Dedi', 'Eko', 'Fajar', 'Gunawan', 'Hasan', 'Irfan', 'Joko', 'Made'],
    2 => ['Aminah', 'Baiq', 'Citra', 'Dewi', 'Endang', 'Fitri', 'Gita', 'Hani', 'Indah', 'Juwita', 'Komang'],
];
const SAMPLE_SURNAMES = ['Santoso', 'Wijaya', 'Hidayat', 'Saputra', 'Nugroho', 'Lestari', 'Ramadhan'];

function insert_reference_data(PDO $db): void
{
    $reference = [
        'tweb_penduduk_sex' => ['LAKI-LAKI', 'PEREMPUAN'],
        'tweb_penduduk_agama' => ['ISLAM', 'KRISTEN', 'KATHOLIK', 'HINDU', 'BUDHA', 'KHONGHUCU', 'LAINNYA'],
        'tweb_penduduk_hubungan' => ['KEPALA KELUARGA', 'SUAMI', 'ISTRI', 'ANAK'],
        'tweb_status_dasar' => ['HIDUP', 'MATI', 'PINDAH', 'HILANG'],
    ];
    foreach ($reference as $table => $names) {
        foreach ($names as $index => $name) {
            rows($db, "INSERT INTO $table (id, nama) VALUES (?, ?)", [$index + 1, $name]);
        }
    }
}

/** The desa's rows that any desa begins with. @return int its config_id */
function insert_desa(PDO $db): int
{
    rows($db, "INSERT INTO config (app_key, kode_desa, nama_desa) VALUES (?, ?, 'Belum Bernama')", [NO_APP_KEY, NO_KODE]);
    $config = (int) $db->lastInsertId();
    foreach ([[0, 5, 'BALITA'], [6, 17, 'ANAK-ANAK'], [18, 30, 'DEWASA'], [31, 120, 'TUA']] as [$from, $to, $name]) {
        $values = [$config, $name, $from, $to];
        rows($db, 'INSERT INTO tweb_penduduk_umur (config_id, nama, dari, sampai, status) VALUES (?, ?, ?, ?, 1)', $values);
    }
    rows($db, "INSERT INTO setting_aplikasi (config_id, judul, `key`, value) VALUES (?, 'Sebutan desa', 'sebutan_desa', 'Desa')", [$config]);
    rows($db, "INSERT INTO kategori (config_id, kategori) VALUES (?, 'Berita Desa')", [$config]);
    $category = $db->lastInsertId();
    // No password fits '!': nobody can sign in before `identify` has set one.
    rows($db, "INSERT INTO user (config_id, username, password, nama) VALUES (?, 'admin', '!', 'Administrator')", [$config]);
    rows(
        $db,
        'INSERT INTO artikel (config_id, judul, isi, id_kategori, id_user) VALUES (?, ?, ?, ?, ?)',
        [$config, 'Selamat datang', "Situs ini memakai aplikasi contoh.\nSemua penduduk di dalamnya rekaan.", $category, $db->lastInsertId()],
    );
    return $config;
}

function insert_families(PDO $db, int $config): void
{
    $neighbourhoods = insert_neighbourhoods($db, $config);
    $resident = 0;
    for ($family = 1; $family <= SAMPLE_FAMILIES; $family++) {
        $cluster = $neighbourhoods[$family % count($neighbourhoods)];
        rows(
            $db,
            "INSERT INTO tweb_keluarga (config_id, no_kk, alamat, id_cluster) VALUES (?, ?, 'Jalan Contoh', ?)",
            [$config, sample_number($family, 5000), $cluster],
        );
        $card = $db->lastInsertId();
        for ($place = 0; $place < SAMPLE_SIZES[$family % count(SAMPLE_SIZES)]; $place++) {
            $resident++;
            $sex = $place < 2 ? $place + 1 : 1 + ($family + $place) % 2;
            $level = [1, 3][$place] ?? 4;
            $name = SAMPLE_NAMES[$sex][($family * 3 + $place * 5) % 11] . ' ' . SAMPLE_SURNAMES[$family % 7];
            $year = 1955 + $family * 7 % 35 + ($place < 2 ? $place : 22 + $place * 2);
            $born = sprintf('%d-%02d-%02d', $year, 1 + $resident % 12, 1 + $resident % 28);
            $state = $resident % 50 === 0 ? 2 : 1; // a few have died: the views must show it
            rows(
                $db,
                "INSERT INTO tweb_penduduk (config_id, nama, nik, id_kk, kk_level, sex, tempatlahir, tanggallahir, agama_id,
                 id_cluster, status_dasar) VALUES (?, ?, ?, ?, ?, ?, 'Kota Contoh', ?, ?, ?, ?)",
                [$config, $name, sample_number($resident, 0), $card, $level, $sex, $born, 1 + $family % 6, $cluster, $state],
            );
            if ($place === 0) {
                rows($db, 'UPDATE tweb_keluarga SET nik_kepala = LAST_INSERT_ID() WHERE id = ?', [$card]);
            }
        }
    }
}

/** As in OpenSID: a row per dusun, per RW and per RT. @return list<int> the ids of the RT */
function insert_neighbourhoods(PDO $db, int $config): array
{
    $ids = [];
    foreach (SAMPLE_DUSUN as $dusun) {
        foreach ([['0', '0'], ['001', '0'], ['001', '001'], ['001', '002']] as [$rw, $rt]) {
            $values = [$config, $dusun, $rw, $rt];
            rows($db, 'INSERT INTO tweb_wil_clusterdesa (config_id, dusun, rw, rt) VALUES (?, ?, ?, ?)', $values);
            if ($rt !== '0') {
                $ids[] = (int) $db->lastInsertId();
            }
        }
    }
    return $ids;
}

function sample_number(int $number, int $offset): string
{
    return '99' . NO_KODE . sprintf('%04d', $number + $offset);
}

/** Gives the invented numbers the desa's kode, so that no two desa share one in the combined database. */
function renumber_sample(PDO $db, int $config, string $kode): void
{
    rows($db, "UPDATE tweb_penduduk SET nik = CONCAT('99', ?, RIGHT(nik, 4)) WHERE config_id = ? AND nik LIKE '99%'", [$kode, $config]);
    rows($db, "UPDATE tweb_keluarga SET no_kk = CONCAT('99', ?, RIGHT(no_kk, 4)) WHERE config_id = ? AND no_kk LIKE '99%'", [$kode, $config]);
}
