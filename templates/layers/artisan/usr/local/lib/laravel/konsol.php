<?php

declare(strict_types=1);

/**
 * php konsol.php <command>: what Pendopo asks of a Laravel app, in terms of its own artisan. Reads a JSON object on
 * standard input and ends with one JSON object on standard output; exit code 0 if its `ok` is true.
 *
 *   siapkan   migrate, seed once, administrator (input: kode_desa, username, password, admin_sql)
 *   migrasi   migrate only
 *   status    version, whether all is migrated and seeded, kode desa
 *
 * A seed is run once in the life of a schema. `pendopo_benih` says how far it got: without a row nothing was sown;
 * `mulai` means it broke off half-way, before anybody could have used the app, so all is made anew; `selesai` means never again.
 */

const APP = '/var/www/html';
const ENV_FILE = APP . '/.env';

final class Refusal extends RuntimeException {}

try {
    $answer = answer($argv[1] ?? '', read_input());
} catch (Refusal $e) {
    $answer = ['ok' => false, 'pesan' => $e->getMessage()];
} catch (PDOException $e) {
    fprintf(STDERR, "%s\n", $e->getMessage());
    $answer = ['ok' => false, 'pesan' => 'Basis data menolak: ' . ($e->errorInfo[2] ?? 'tidak terhubung') . '.'];
}
echo json_encode($answer, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES), "\n";
exit($answer['ok'] ? 0 : 1);

function answer(string $command, array $input): array
{
    make_folders();
    return match ($command) {
        'siapkan' => prepare($input),
        'migrasi' => (function () {
            artisan(['migrate', '--force'], 'Migrasi basis data gagal');
            return ['ok' => true];
        })(),
        'status' => status($input),
        default => throw new Refusal('Perintah yang ada: siapkan, migrasi, status.'),
    };
}

function read_input(): array
{
    $input = json_decode(trim((string) stream_get_contents(STDIN)) ?: '{}', true);
    return is_array($input) ? $input : throw new Refusal('Masukan bukan objek JSON.');
}

/** Laravel wants them there, and the volume of a new desa is empty. */
function make_folders(): void
{
    foreach (['app/public', 'framework/cache/data', 'framework/sessions', 'framework/views', 'logs'] as $folder) {
        $path = APP . "/storage/$folder";
        if (!is_dir($path) && !mkdir($path, 0755, true) && !is_dir($path)) {
            throw new Refusal("Folder storage/$folder tidak dapat dibuat.");
        }
    }
}

function prepare(array $input): array
{
    // Before the first migration: some apps take the desa's code from it then and never again.
    if ((env()['KODE_DESA'] ?? '') !== $input['kode_desa']) {
        throw new Refusal('KODE_DESA di .env bukan kode desa ini.');
    }
    $db = connect();
    $state = seed_state($db);
    if ($state === null && table_exists($db, 'users') && count_rows($db, 'users') > 0) {
        throw new Refusal('Basis data sudah berisi pengguna yang bukan dari pemasangan ini; tidak ada yang diubah.');
    }
    if ($state !== 'selesai') {
        sow($db, $state === 'mulai');
    } else {
        artisan(['migrate', '--force'], 'Migrasi basis data gagal');
    }
    require_own_tenant($db, $input['kode_desa']);
    $hash = password_hash($input['password'], PASSWORD_BCRYPT);
    $statement = $db->prepare($input['admin_sql']);
    $statement->execute(array_intersect_key(['username' => $input['username'], 'hash' => $hash], array_flip(names_in($input['admin_sql']))));
    return ['ok' => true, 'benih' => $state === 'selesai' ? 'sudah ada' : 'ditanam'];
}

function sow(PDO $db, bool $anew): void
{
    if ($anew) {
        fwrite(STDERR, "Penanaman sebelumnya terputus: diulang dari awal.\n");
        artisan(['db:wipe', '--force'], 'Mengosongkan basis data gagal');
    }
    $db->exec('CREATE TABLE IF NOT EXISTS pendopo_benih (id TINYINT PRIMARY KEY, keadaan VARCHAR(10) NOT NULL, saat DATETIME NOT NULL)');
    $db->exec("REPLACE INTO pendopo_benih VALUES (1, 'mulai', NOW())");
    artisan(['migrate', '--force'], 'Migrasi basis data gagal');
    artisan(['db:seed', '--force'], 'Data awal gagal ditanam di tengah jalan');
    $db->exec("UPDATE pendopo_benih SET keadaan = 'selesai', saat = NOW() WHERE id = 1");
}

function status(array $input): array
{
    $env = env();
    $db = connect();
    $borrowed = ($input['benih'] ?? 'sekali') === 'tidak';
    $migrated = $borrowed || (seed_state($db) === 'selesai' && !str_contains(artisan(['migrate:status'], 'Keadaan migrasi tidak terbaca'), 'Pending'));
    if (!$borrowed) {
        require_own_tenant($db, $input['kode_desa']);
    }
    return ['ok' => true, 'version' => version($input), 'migrated' => $migrated, 'kode' => $env['KODE_DESA'] ?? ''];
}

/** Where the release writes its version; what `app:version` says is known to be wrong in some. */
function version(array $input): string
{
    if (preg_match('~' . $input['versi_pola'] . '~', (string) file_get_contents(APP . '/' . $input['versi_berkas']), $found) !== 1) {
        throw new Refusal('Versi tidak terbaca dari ' . $input['versi_berkas'] . '.');
    }
    return ltrim($found[1], 'v');
}

/** A tenant table that does not know this desa makes the app read the data of all. */
function require_own_tenant(PDO $db, string $kode): void
{
    if (!table_exists($db, 'tenants')) {
        return;
    }
    $codes = $db->query('SELECT code FROM tenants')->fetchAll(PDO::FETCH_COLUMN);
    if ($codes !== [$kode]) {
        throw new Refusal('Basis data ini milik desa ' . implode(', ', $codes) . ', bukan ' . $kode . '.');
    }
}

function artisan(array $words, string $failure): string
{
    $process = proc_open(['php', 'artisan', ...$words, '--no-interaction', '--no-ansi'], [['file', '/dev/null', 'r'], ['pipe', 'w'], STDERR], $pipes, APP);
    if (!is_resource($process)) {
        throw new Refusal("$failure.");
    }
    $text = (string) stream_get_contents($pipes[1]);
    fwrite(STDERR, $text);
    $code = proc_close($process);
    if ($code !== 0) {
        $lines = array_values(array_filter(array_map(trim(...), explode("\n", $text)), fn ($line) => $line !== '' && !str_starts_with($line, 'at ')));
        $reason = array_values(array_filter($lines, fn ($line) => preg_match('/SQLSTATE|Exception|[Gg]agal|Gangguan|Error/', $line) === 1))[0] ?? end($lines) ?: "kode $code";
        throw new Refusal("$failure: " . mb_substr($reason, 0, 300));
    }
    return $text;
}

function env(): array
{
    $values = [];
    foreach (file(ENV_FILE, FILE_IGNORE_NEW_LINES) ?: [] as $line) {
        if (preg_match('/^([A-Z0-9_]+)=(?:"((?:[^"\\\\]|\\\\.)*)"|([^"#\s]*))/', $line, $found) === 1) {
            $values[$found[1]] = preg_replace('/\\\\(.)/', '$1', ($found[2] ?? '') . ($found[3] ?? ''));
        }
    }
    return $values;
}

function connect(): PDO
{
    $env = env();
    $where = $env['DB_HOST'] === 'localhost' ? 'unix_socket=/run/mysqld/mysqld.sock' : "host={$env['DB_HOST']};port={$env['DB_PORT']}";
    return new PDO("mysql:$where;dbname={$env['DB_DATABASE']};charset=utf8mb4", $env['DB_USERNAME'], $env['DB_PASSWORD'], [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
}

function seed_state(PDO $db): ?string
{
    return table_exists($db, 'pendopo_benih') ? ($db->query('SELECT keadaan FROM pendopo_benih WHERE id = 1')->fetchColumn() ?: null) : null;
}

function table_exists(PDO $db, string $table): bool
{
    $statement = $db->prepare('SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?');
    $statement->execute([$table]);
    return $statement->fetchColumn() !== false;
}

function count_rows(PDO $db, string $table): int
{
    return (int) $db->query("SELECT COUNT(*) FROM `$table`")->fetchColumn();
}

function names_in(string $sql): array
{
    preg_match_all('/:([a-z]+)/', $sql, $found);
    return $found[1];
}
