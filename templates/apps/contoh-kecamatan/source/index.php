<?php

declare(strict_types=1);

require __DIR__ . '/kecamatan.php';

$basis = basis();
if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    $basis->prepare('INSERT INTO tamu (nama) VALUES (?)')->execute([mb_substr((string) ($_POST['nama'] ?? ''), 0, 100)]);
}
$tamu = (int) $basis->query('SELECT COUNT(*) FROM tamu')->fetchColumn();
[$versi, $nama] = array_map(htmlspecialchars(...), [versi(), konfigurasi()['nama']]);
echo "<!doctype html><html lang=\"id\"><head><meta charset=\"utf-8\"><title>Contoh Kecamatan</title></head>
<body><h1>Kecamatan {$nama}</h1><p><b id=\"tamu\">{$tamu}</b> tamu.</p>
<form method=\"post\"><label>Nama <input name=\"nama\" required></label><button>Isi buku tamu</button></form>
<footer>Contoh Kecamatan {$versi}, PHP " . PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION . "</footer></body></html>";
