<?php

declare(strict_types=1);

require __DIR__ . '/gabungan.php';

try {
    ringkasan();
    echo json_encode(['ok' => true, 'version' => versi(), 'migrated' => true, 'kode' => konfigurasi()['kode']]), PHP_EOL;
} catch (Throwable $salah) {
    echo json_encode(['ok' => false, 'pesan' => $salah->getMessage()]), PHP_EOL;
}
