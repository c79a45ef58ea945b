<?php

declare(strict_types=1);

require __DIR__ . '/kecamatan.php';

// Makes what is missing, and tells what runs: one program for every command, since all of it may be repeated.
try {
    basis()->exec('CREATE TABLE IF NOT EXISTS tamu (id INT AUTO_INCREMENT PRIMARY KEY, nama VARCHAR(100) NOT NULL)');
    echo json_encode(['ok' => true, 'version' => versi(), 'migrated' => true, 'kode' => konfigurasi()['kode']]), PHP_EOL;
} catch (Throwable $salah) {
    echo json_encode(['ok' => false, 'pesan' => $salah->getMessage()]), PHP_EOL;
}
