<?php

declare(strict_types=1);

use Illuminate\Contracts\Encryption\DecryptException;
use Illuminate\Encryption\Encrypter;

/** The desa's database, reached exactly as the site reaches it: same file, same password, same socket. */
function connect(): PDO
{
    $settings = database_settings();

    try {
        return new PDO(
            "mysql:host={$settings['hostname']};port={$settings['port']};dbname={$settings['database']};charset=utf8",
            $settings['username'],
            $settings['password'],
            [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION, PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_ASSOC, PDO::ATTR_TIMEOUT => 5],
        );
    } catch (PDOException $error) {
        throw new Failure(explain_database_error($error, $settings), previous: $error);
    }
}

function database_settings(): array
{
    $file     = APP . '/desa/config/database.php';
    $settings = is_readable($file)
        ? (static function () use ($file): array {
            $db = [];
            include $file;

            return $db['default'] ?? [];
        })()
        : throw new Failure('Berkas desa/config/database.php tidak ada atau tidak terbaca.');

    $settings += ['hostname' => 'localhost', 'port' => 3306, 'username' => '', 'password' => '', 'database' => ''];

    // The same rule as OpenSID's: so long a password is one that it has encrypted.
    if (strlen($settings['password']) > 80) {
        $settings['password'] = decrypt_password($settings['password']);
    }

    return $settings;
}

function decrypt_password(string $encrypted): string
{
    require_once APP . '/vendor/autoload.php';

    try {
        return (new Encrypter(base64_decode(substr(app_key(), strlen('base64:')), true) ?: '', 'AES-256-CBC'))->decrypt($encrypted);
    } catch (DecryptException | RuntimeException $error) {
        throw new Failure('Kata sandi di desa/config/database.php tidak dapat dibuka dengan desa/app_key: kedua berkas bukan pasangan.', previous: $error);
    }
}

/** The key that ties this desa's files to its database. */
function app_key(): string
{
    $key = (string) @file_get_contents(APP . '/desa/app_key');

    return $key !== '' ? $key : throw new Failure('Berkas desa/app_key tidak ada atau kosong; tanpa berkas itu OpenSID tidak dapat berjalan.');
}

function count_tables(PDO $db): int
{
    return (int) $db->query("SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE'")->fetchColumn();
}

/** OpenSID locks nothing itself: two migrations at once break each other. Held until the process ends. */
function claim_schema(PDO $db): void
{
    if (! $db->query("SELECT GET_LOCK(CONCAT('pendopo ', SHA1(DATABASE())), 0)")->fetchColumn()) {
        throw new Failure('Pekerjaan lain sedang mengubah basis data ini. Tunggu sampai selesai, lalu coba lagi.');
    }
}

function explain_database_error(PDOException $error, array $settings = []): string
{
    $user   = $settings['username'] ?? '';
    $schema = $settings['database'] ?? '';

    return match ((int) ($error->errorInfo[1] ?? $error->getCode())) {
        1045       => "Basis data menolak masuk: kata sandi pengguna \"{$user}\" di desa/config/database.php salah atau penggunanya tidak ada.",
        1044       => "Pengguna basis data \"{$user}\" tidak berhak atas skema \"{$schema}\", atau skema itu tidak ada.",
        1049       => "Skema basis data \"{$schema}\" tidak ada.",
        1040, 1203 => 'Sambungan ke basis data sedang penuh. Coba lagi sebentar lagi.',
        2002, 2006 => 'Server basis data tidak dapat dihubungi: server mati, atau soketnya tidak terpasang di wadah ini.',
        1146       => 'Ada tabel yang hilang dari basis data: ' . $error->getMessage(),
        default    => 'Basis data menjawab dengan kesalahan: ' . $error->getMessage(),
    };
}
