<?php

/**
 * Pendopo's way into OpenSID, which has no command line of its own for what we need.
 *
 *   php console.php seed|identify|configure|migrate|readdress|status
 *
 * Values come as one JSON object on standard input. The answer is one JSON object, the last line of standard
 * output; the exit code is 0 only if it says "ok": true. What OpenSID has to say meanwhile goes to standard error.
 */

declare(strict_types=1);

const APP = '/var/www/html';

require __DIR__ . '/failure.php';
require __DIR__ . '/release.php';
require __DIR__ . '/database.php';
require __DIR__ . '/desa.php';
require __DIR__ . '/opensid.php';

$name = $argv[1] ?? '';

if (! in_array($name, ['seed', 'identify', 'configure', 'migrate', 'readdress', 'status'], true)) {
    fwrite(STDERR, "usage: console.php seed|identify|configure|migrate|readdress|status\n");

    exit(64);
}

// The app's files speak of themselves by paths below its root.
chdir(APP);

try {
    $input  = json_decode(stream_get_contents(STDIN) ?: '{}', true, 8, JSON_THROW_ON_ERROR);
    $answer = array_merge(['ok' => true], (require __DIR__ . "/{$name}.php")($input));
} catch (Failure $failure) {
    $answer = ['ok' => false, 'pesan' => $failure->getMessage()];
} catch (JsonException) {
    $answer = ['ok' => false, 'pesan' => 'Masukan perintah bukan JSON yang sah.'];
} catch (PDOException $error) {
    $answer = ['ok' => false, 'pesan' => explain_database_error($error)];
} catch (Throwable $error) {
    fwrite(STDERR, $error . PHP_EOL);
    $answer = ['ok' => false, 'pesan' => "Perintah {$name} berhenti tak terduga: {$error->getMessage()}"];
}

echo json_encode($answer, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE), PHP_EOL;

exit($answer['ok'] ? 0 : 1);
