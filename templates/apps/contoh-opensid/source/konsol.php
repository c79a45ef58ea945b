<?php

declare(strict_types=1);

/**
 * php konsol.php seed|identify|migrate|readdress|status
 * Reads a JSON object on standard input and ends with one JSON object on standard output; exit code 0 if its `ok` is true.
 */

if (PHP_SAPI !== 'cli') {
    exit(1);
}
foreach (['desa', 'schema', 'sample'] as $part) {
    require __DIR__ . "/app/$part.php";
}

try {
    $answer = run_command($argv[1] ?? '', read_input());
} catch (DesaError $e) {
    $answer = ['ok' => false, 'pesan' => $e->getMessage()];
} catch (Throwable $e) {
    fprintf(STDERR, "%s: %s (%s:%d)\n", $e::class, $e->getMessage(), basename($e->getFile()), $e->getLine());
    $answer = ['ok' => false, 'pesan' => 'Galat tak terduga; rinciannya ada di catatan pekerjaan.'];
}
echo json_encode($answer, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES), "\n";
exit($answer['ok'] ? 0 : 1);

function read_input(): array
{
    $text = trim((string) stream_get_contents(STDIN));
    $input = json_decode($text === '' ? '{}' : $text, true);
    return is_array($input) ? $input : throw new DesaError('Masukan bukan objek JSON.');
}

function run_command(string $command, array $input): array
{
    $settings = read_settings();
    $db = connect($settings['database']);
    return match ($command) {
        'seed' => seed($db),
        'identify' => identify($db, $input, $settings['gangguan']),
        'migrate' => migrate($db, $settings['gangguan']),
        'readdress' => readdress($db, $input),
        'status' => status($db, $settings['gangguan']),
        default => throw new DesaError('Perintah yang ada: seed, identify, migrate, readdress, status.'),
    };
}

function seed(PDO $db): array
{
    lock_schema($db);
    if (!is_schema_empty($db)) {
        throw new DesaError('Basis data tidak kosong: tidak ada yang diubah.');
    }
    foreach (array_filter(array_map(trim(...), explode(";\n", (string) file_get_contents(ROOT . '/skema.sql')))) as $sql) {
        $db->exec($sql);
    }
    run_migrations($db);
    $db->beginTransaction();
    insert_reference_data($db);
    insert_families($db, insert_desa($db));
    $db->commit();
    return ['ok' => true, 'penduduk' => first_value($db, 'SELECT COUNT(*) FROM tweb_penduduk')];
}

function identify(PDO $db, array $input, string $fault): array
{
    if ($fault === 'identitas-gagal') {
        throw new DesaError('Gangguan buatan: identitas desa sengaja gagal ditetapkan.');
    }
    $fields = ['kode_desa', 'nama_desa', 'nama_kecamatan', 'nama_kabupaten', 'nama_propinsi', 'website', 'username', 'password'];
    foreach ($fields as $field) {
        if (!is_string($input[$field] ?? null)) {
            throw new DesaError("Masukan `$field` tidak ada.");
        }
    }
    $kode = $input['kode_desa'];
    if (!preg_match('/^\d{10}$/', $kode) || trim($input['nama_desa']) === '' || $input['password'] === '') {
        throw new DesaError('Kode desa harus 10 angka; nama desa dan sandi tidak boleh kosong.');
    }
    require_filled($db);
    lock_schema($db);

    // All or nothing: a failure half-way must not leave a desa with a name but without its administrator.
    $db->beginTransaction();
    try {
        $desa = rows($db, 'SELECT id FROM config WHERE kode_desa IN (?, ?) FOR UPDATE', [NO_KODE, $kode])[0]
            ?? throw new DesaError('Basis data ini milik desa lain.');
        rows(
            $db,
            'UPDATE config SET app_key = ?, kode_desa = ?, nama_desa = ?, nama_kecamatan = ?, nama_kabupaten = ?, nama_propinsi = ?,
             website = ?, kode_kecamatan = LEFT(kode_desa, 6), kode_kabupaten = LEFT(kode_desa, 4), kode_propinsi = LEFT(kode_desa, 2)
             WHERE id = ?',
            [read_app_key(), ...array_map(fn ($field) => trim($input[$field]), array_slice($fields, 0, 6)), $desa['id']],
        );
        renumber_sample($db, $desa['id'], $kode);
        if ($fault === 'migrasi-gagal') {
            throw new DesaError('Gangguan buatan: penetapan identitas gagal di tengah jalan.');
        }
        rows(
            $db,
            'UPDATE user SET username = ?, password = ? WHERE config_id = ? AND id_grup = 1 ORDER BY id LIMIT 1',
            [$input['username'], password_hash($input['password'], PASSWORD_BCRYPT), $desa['id']],
        );
        rows($db, 'DELETE FROM log_login WHERE config_id = ?', [$desa['id']]);
        $db->commit();
    } catch (Throwable $e) {
        $db->rollBack();
        throw $e;
    }
    return ['ok' => true, 'kode' => $kode];
}

function migrate(PDO $db, string $fault): array
{
    require_filled($db);
    lock_schema($db);
    if (database_schema_version($db) > code_schema_version()) {
        throw new DesaError('Basis data lebih baru daripada kode: ' . database_schema_version($db) . '.');
    }
    if ($fault === 'migrasi-gagal') {
        // DDL commits by itself, so this stays behind until a backup is restored.
        $db->exec('CREATE TABLE IF NOT EXISTS sisa_migrasi_gagal (id int PRIMARY KEY)');
        $db->exec("UPDATE artikel SET judul = LEFT(CONCAT('[rusak] ', judul), 200) WHERE judul NOT LIKE '[rusak]%'");
        throw new DesaError('Gangguan buatan: migrasi gagal di tengah jalan.');
    }
    return ['ok' => true, 'migrasi' => run_migrations($db), 'versi_database' => database_schema_version($db)];
}

/** Another address of the desa: its website follows where it was the old one. */
function readdress(PDO $db, array $input): array
{
    require_filled($db);
    rows($db, 'UPDATE config SET website = ? WHERE website = ?', [$input['to'] ?? '', $input['from'] ?? '']);
    return ['ok' => true];
}

/** What really runs here: never concluded from the code alone. */
function status(PDO $db, string $fault): array
{
    require_filled($db);
    $version = $fault === 'versi-salah' ? '0.0.1' : app_version();
    $migrated = database_schema_version($db) === code_schema_version();
    $desa = find_desa($db);
    require_writable(DESA, LOGS, sys_get_temp_dir());
    $answer = ['ok' => $migrated, 'version' => $version, 'migrated' => $migrated, 'kode' => $desa['kode_desa']];
    $answer['versi_database'] = database_schema_version($db);
    return $migrated ? $answer : [...$answer, 'pesan' => 'Migrasi belum selesai: kode meminta ' . code_schema_version() . '.'];
}

function require_filled(PDO $db): void
{
    if (is_schema_empty($db) || first_value($db, 'SELECT COUNT(*) FROM config') === 0) {
        throw new DesaError('Basis data masih kosong.');
    }
}
