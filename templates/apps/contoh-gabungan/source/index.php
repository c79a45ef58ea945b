<?php

declare(strict_types=1);

require __DIR__ . '/gabungan.php';

/** With what came in the query or, as frameworks do it, in a body. */
function masukan(string $nama): string
{
    $isi = json_decode(file_get_contents('php://input') ?: '[]', true) ?: [];

    return (string) ($isi[$nama] ?? $_GET[$nama] ?? '');
}

function jawab(array $isi): void
{
    header('Content-Type: application/json');
    echo json_encode($isi, JSON_THROW_ON_ERROR);
}

match (rtrim(rawurldecode(parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) ?: '/'), '/')) {
    '' => beranda(),
    '/api/v1/ringkasan' => jawab(ringkasan(masukan('kode_kecamatan')) + ['diminta' => masukan('kode_kecamatan')]),
    // A door left open, for the front to shut.
    '/api/v1/rahasia' => jawab(['rahasia' => 'tidak boleh terbaca']),
    default => http_response_code(404),
};

function beranda(): void
{
    ['desa' => $desa, 'penduduk' => $penduduk] = ringkasan();
    [$versi, $nama] = array_map(htmlspecialchars(...), [versi(), konfigurasi()['nama']]);
    echo "<!doctype html><html lang=\"id\"><head><meta charset=\"utf-8\"><title>Contoh Gabungan</title></head>
<body><h1>{$nama}</h1><p><b id=\"desa\">{$desa}</b> desa, <b id=\"penduduk\">{$penduduk}</b> penduduk.</p><footer>Contoh Gabungan {$versi}</footer></body></html>";
}
