<?php

declare(strict_types=1);

/** One desa: what its folder `desa/` and its database say about it. */

const ROOT = __DIR__ . '/..';
const DESA = ROOT . '/desa';
const LOGS = ROOT . '/storage/logs';

/** A fault with a message for people; its code is the HTTP status of the page that shows it. */
final class DesaError extends RuntimeException
{
    public function __construct(string $pesan, int $status = 503, ?Throwable $cause = null)
    {
        parent::__construct($pesan, $status, $cause);
    }
}

/** @return array{database: array<string, mixed>, gangguan: string, tema: string} */
function read_settings(): array
{
    $db = $config = [];
    foreach (['database', 'config'] as $name) {
        $file = DESA . "/config/$name.php";
        if (!is_file($file)) {
            throw new DesaError("Berkas desa/config/$name.php tidak ada.");
        }
        require $file;
    }
    return ['database' => $db['default'], 'gangguan' => $config['gangguan'] ?? 'tidak-ada', 'tema' => $config['web_theme'] ?? 'hijau'];
}

function connect(array $database): PDO
{
    $dsn = sprintf(
        'mysql:host=%s;port=%d;dbname=%s;charset=utf8mb4',
        $database['hostname'],
        $database['port'],
        $database['database'],
    );
    try {
        return new PDO($dsn, $database['username'], $database['password'], [
            PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
            PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_ASSOC,
            PDO::ATTR_EMULATE_PREPARES => false,
            PDO::ATTR_TIMEOUT => 5,
        ]);
    } catch (PDOException $e) {
        throw new DesaError('Basis data tidak dapat dihubungi.', cause: $e);
    }
}

/** All rows of a query; every value travels as a parameter. */
function rows(PDO $db, string $sql, array $values = []): array
{
    $statement = $db->prepare($sql);
    $statement->execute($values);
    return $statement->columnCount() > 0 ? $statement->fetchAll() : [];
}

function first_value(PDO $db, string $sql, array $values = []): mixed
{
    $row = rows($db, $sql, $values)[0] ?? [];
    return $row === [] ? null : reset($row);
}

function app_version(): string
{
    return trim((string) file_get_contents(ROOT . '/VERSION'));
}

function read_app_key(): string
{
    $key = is_file(DESA . '/app_key') ? trim((string) file_get_contents(DESA . '/app_key')) : '';
    if (!preg_match('~^base64:[A-Za-z0-9+/]{43}=$~', $key)) {
        throw new DesaError('Berkas desa/app_key tidak ada atau rusak.');
    }
    return $key;
}

/** The row of `config` that is this desa. Its id is the config_id of everything else. */
function find_desa(PDO $db): array
{
    $desa = rows($db, 'SELECT * FROM config WHERE app_key = ?', [read_app_key()])[0] ?? null;
    if ($desa === null) {
        throw new DesaError('Identitas tidak cocok: desa/app_key bukan kunci basis data ini.');
    }
    return $desa;
}
