<?php

declare(strict_types=1);

const OWNED = ['email_notifikasi', 'email_protocol', 'email_smtp_host', 'email_smtp_port', 'email_smtp_user', 'email_smtp_pass', 'web_theme'];

/**
 * Puts into OpenSID's own settings what Pendopo says of mail and theme. An empty value says nothing: what the desa had
 * set before Pendopo said something comes back. Repeatable.
 */
return static function (array $input): array {
    $wanted = array_merge(mail_settings($input), theme_settings($input));
    $db     = connect();
    refuse_empty_schema($db);
    $ours   = earlier_values();
    $change = [];

    foreach (OWNED as $key) {
        if (isset($wanted[$key])) {
            if (! array_key_exists($key, $ours)) {
                $ours[$key] = setting_value($db, $key);
            }
            $change[$key] = $wanted[$key];
        } elseif (array_key_exists($key, $ours)) {
            $change[$key] = $ours[$key];
        }
    }

    // Before the database: whoever is stopped here finds the earlier values again.
    keep_earlier_values($ours);
    $db->beginTransaction();
    $update = $db->prepare('UPDATE setting_aplikasi SET value = ? WHERE `key` = ?');

    foreach ($change as $key => $value) {
        $update->execute([$value, $key]);
    }

    $db->commit();
    keep_earlier_values(array_intersect_key($ours, $wanted));

    return ['diubah' => array_keys($change)];
};

function mail_settings(array $input): array
{
    if (($input['surelServer'] ?? '') === '') {
        return [];
    }

    return [
        'email_notifikasi' => '1',
        'email_protocol'   => 'smtp',
        'email_smtp_host'  => $input['surelServer'],
        'email_smtp_port'  => $input['surelPort'] ?? '',
        'email_smtp_user'  => $input['surelPengguna'] ?? '',
        'email_smtp_pass'  => $input['surelSandi'] ?? '',
    ];
}

function theme_settings(array $input): array
{
    $theme = $input['tema'] ?? '';

    return $theme === '' || $theme === 'menurut-situs' ? [] : ['web_theme' => $theme];
}

function setting_value(PDO $db, string $key): ?string
{
    $row = $db->prepare('SELECT value FROM setting_aplikasi WHERE `key` = ?');
    $row->execute([$key]);

    return $row->fetch()['value'] ?? null;
}

/** What stood there before Pendopo said something; beside the desa's other configuration, which nobody outside can read. */
function earlier_values(): array
{
    $file = earlier_file();

    return is_file($file) ? json_decode((string) file_get_contents($file), true, 4, JSON_THROW_ON_ERROR) : [];
}

function keep_earlier_values(array $values): void
{
    $file = earlier_file();

    if ($values === []) {
        is_file($file) && unlink($file);

        return;
    }

    umask(0077);
    if (file_put_contents("{$file}.baru", json_encode($values, JSON_THROW_ON_ERROR)) === false || ! rename("{$file}.baru", $file)) {
        throw new Failure('Pengaturan semula tidak dapat disimpan di desa/config.');
    }
}

function earlier_file(): string
{
    return APP . '/desa/config/pengaturan-semula.json';
}
