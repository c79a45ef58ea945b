<?php

declare(strict_types=1);

/**
 * Lets OpenSID seed or migrate in a process of its own and judges by the database what became of it:
 * OpenSID swallows errors, or leaves with exit code 0 in the middle of one.
 *
 * The second pass is for releases whose first one stops half way although everything it needs is there
 * (v2409: column komentar.jenis). OpenSID's migrations may be repeated.
 */
function let_opensid_migrate(PDO $db, Release $release): void
{
    for ($pass = 1; $pass <= 2 && ! is_migrated($db, $release); $pass++) {
        $lastError = run_opensid();
    }

    if (! is_migrated($db, $release)) {
        throw new Failure("OpenSID tidak menyelesaikan migrasi ke {$release->version}. Kesalahan terakhirnya: " . ($lastError ?: 'tidak disebutkan.'));
    }
}

/** Runs inside.php, passes on what it says to the job's log, and returns its last error. */
function run_opensid(): string
{
    $process = proc_open([PHP_BINARY, __DIR__ . '/inside.php'], [['file', '/dev/null', 'r'], ['pipe', 'w'], ['redirect', 1]], $pipes);
    $error   = '';

    while (($line = fgets($pipes[1])) !== false) {
        fwrite(STDERR, $line);
        if (str_starts_with($line, 'error: ')) {
            $error = mb_strimwidth(trim(substr($line, strlen('error: '))), 0, 500, '…');
        }
    }

    proc_close($process);

    return $error;
}

/** The one record that OpenSID writes only after a complete migration. */
function is_migrated(PDO $db, Release $release): bool
{
    if (! has_table($db, 'migrasi')) {
        return false;
    }

    $row = $db->prepare('SELECT 1 FROM migrasi WHERE versi_database = ?');
    $row->execute([$release->schema]);

    return (bool) $row->fetchColumn();
}

/** Going back is for backups: old code on a newer schema works by luck, and migrates it again on every visit. */
function refuse_newer_schema(PDO $db, Release $release): void
{
    // One release (v2404) left out the last two digits; padded they compare like the others.
    $newest = (string) $db->query("SELECT MAX(RPAD(versi_database, 10, '0')) FROM migrasi")->fetchColumn();

    if ($newest > str_pad($release->schema, 10, '0')) {
        throw new Failure("Basis data sudah di versi {$newest}, lebih baru daripada OpenSID {$release->version} ({$release->schema}).");
    }
}

function has_table(PDO $db, string $table): bool
{
    $found = $db->prepare('SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?');
    $found->execute([$table]);

    return (bool) $found->fetchColumn();
}
