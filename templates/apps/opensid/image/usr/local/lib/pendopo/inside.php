<?php

/**
 * Does inside OpenSID what the first visitor of its site would set off: seeds an empty schema, migrates an old one.
 * OpenSID is entered through its own index.php, with one more command-line route.
 */

const APP = '/var/www/html';

// OpenSID's router asks this before CodeIgniter, which has it too, is loaded.
function is_cli(): bool
{
    return true;
}

// Takes the place of CodeIgniter's: what goes wrong here belongs in the job's log, not in the desa's.
function log_message($level, $message): void
{
    $text = preg_replace('/\s+/', ' ', strip_tags((string) $message));
    // Left out: chatter, a line that quotes the password, and database errors' second copy, a JSON list.
    if (in_array($level, ['error', 'notice'], true) && ! str_starts_with($text, 'updateConfigFile') && ! str_starts_with($text, '["')) {
        echo $level, ': ', $text, PHP_EOL;
    }
}

// A database error makes OpenSID note it in the session, redirect and leave, as if a browser were there.
register_shutdown_function(static function (): void {
    if (! empty($_SESSION['db_error'])) {
        log_message('error', ($_SESSION['message'] ?? '') . ' ' . ($_SESSION['message_query'] ?? ''));
    }

    $last = error_get_last();
    if ($last !== null && $last['type'] & (E_ERROR | E_PARSE | E_CORE_ERROR | E_COMPILE_ERROR)) {
        log_message('error', "{$last['message']} ({$last['file']}:{$last['line']})");
    }
});

chdir(APP);
require_once APP . '/vendor/autoload.php';

OpenSID\RouteBuilder::cli('pendopo', static function (): void {
    $app = get_instance();
    $app->load->database();
    $app->load->model('seeders/seeder'); // seeds where there is no table at all
    $app->load->model('setting_model');
    $app->setting_model->init(); // migrates where the version's row is missing
});

$_SERVER['argv'] = ['index.php', 'pendopo'];
$_SERVER['argc'] = 2;

require APP . '/index.php';
