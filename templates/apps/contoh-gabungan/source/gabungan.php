<?php

declare(strict_types=1);

/** What Pendopo wrote for this app. */
function konfigurasi(): array
{
    return json_decode(file_get_contents('/srv/konfigurasi/gabungan.json'), true, 8, JSON_THROW_ON_ERROR);
}

/** How many desa and living residents there are, of one kecamatan or of all. Config 1 is the template row, no desa. */
function ringkasan(string $kecamatan = ''): array
{
    ['dsn' => $dsn, 'pengguna' => $pengguna, 'sandi' => $sandi] = konfigurasi();
    $basis = new PDO($dsn, $pengguna, $sandi, [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
    $desa = $basis->prepare('SELECT COUNT(*) FROM config WHERE id <> 1 AND (? = \'\' OR kode_kecamatan = ?)');
    $desa->execute([$kecamatan, $kecamatan]);
    $penduduk = $basis->prepare(
        'SELECT COUNT(*) FROM tweb_penduduk JOIN config ON config.id = tweb_penduduk.config_id
         WHERE status_dasar = 1 AND (? = \'\' OR kode_kecamatan = ?)'
    );
    $penduduk->execute([$kecamatan, $kecamatan]);

    return ['tersambung' => true, 'desa' => (int) $desa->fetchColumn(), 'penduduk' => (int) $penduduk->fetchColumn()];
}

function versi(): string
{
    return trim(file_get_contents(__DIR__ . '/VERSION'));
}
