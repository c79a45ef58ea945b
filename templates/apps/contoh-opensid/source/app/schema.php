<?php

declare(strict_types=1);

/** The schema: made once by `seed`, brought forward by the files of migrasi/, which may all be run again. */

/** The version the code needs: its last migration. */
function code_schema_version(): string
{
    $files = glob(ROOT . '/migrasi/*.php');
    return basename((string) end($files), '.php');
}

function database_schema_version(PDO $db): string
{
    return (string) first_value($db, 'SELECT MAX(versi_database) FROM migrasi');
}

function is_schema_empty(PDO $db): bool
{
    return first_value($db, 'SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE()') === 0;
}

/** @return list<string> the versions that were run */
function run_migrations(PDO $db): array
{
    $done = array_column(rows($db, 'SELECT versi_database FROM migrasi'), 'versi_database');
    $ran = [];
    foreach (glob(ROOT . '/migrasi/*.php') as $file) {
        $version = basename($file, '.php');
        if (in_array($version, $done, true)) {
            continue;
        }
        (require $file)($db);
        rows($db, 'INSERT INTO migrasi (versi_database) VALUES (?)', [$version]);
        $ran[] = $version;
    }
    return $ran;
}

/** One at a time per schema, whoever calls. */
function lock_schema(PDO $db): void
{
    if (first_value($db, "SELECT GET_LOCK(CONCAT('contoh-', MD5(DATABASE())), 10)") !== 1) {
        throw new DesaError('Basis data sedang diubah oleh pekerjaan lain.');
    }
}

/** Refuses a volume that looks fine in every page but cannot be written to. */
function require_writable(string ...$folders): void
{
    foreach ($folders as $folder) {
        $file = $folder . '/.uji-tulis-' . getmypid();
        if (@file_put_contents($file, '') === false) {
            throw new DesaError('Map tidak dapat ditulisi: ' . ltrim(str_replace(ROOT, '', $folder), '/'));
        }
        unlink($file);
    }
}
