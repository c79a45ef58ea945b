<?php

declare(strict_types=1);

/** What Pendopo wrote for this app. */
function konfigurasi(): array
{
    return json_decode(file_get_contents('/srv/konfigurasi/kecamatan.json'), true, 8, JSON_THROW_ON_ERROR);
}

function basis(): PDO
{
    ['dsn' => $dsn, 'pengguna' => $pengguna, 'sandi' => $sandi] = konfigurasi();

    return new PDO($dsn, $pengguna, $sandi, [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
}

function versi(): string
{
    return trim(file_get_contents(__DIR__ . '/VERSION'));
}
