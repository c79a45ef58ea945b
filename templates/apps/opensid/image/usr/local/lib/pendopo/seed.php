<?php

declare(strict_types=1);

/** Makes the template of this release: a complete database that belongs to nobody and that nobody can log in to. */
return static function (array $input): array {
    $release = Release::ofThisImage();
    app_key(); // OpenSID does not even start without it, and makes a new one itself while seeding
    $db = connect();
    claim_schema($db);

    if (count_tables($db) > 0 && ! is_migrated($db, $release)) {
        throw new Failure('Skema tidak kosong dan isinya tidak lengkap, mungkin dari pengisian yang terputus. OpenSID tidak dapat meneruskannya: kosongkan skema, lalu coba lagi.');
    }

    let_opensid_migrate($db, $release);
    forget_owner($db);

    return ['version' => $release->version, 'tables' => count_tables($db)];
};

function forget_owner(PDO $db): void
{
    if ((int) $db->query("SELECT COUNT(*) FROM config WHERE kode_desa <> ''")->fetchColumn() > 0) {
        throw new Failure('Skema ini sudah milik sebuah desa, jadi bukan bahan templat.');
    }

    // Not a bcrypt hash, so no password opens it; identify replaces exactly this value.
    $db->exec("UPDATE user SET password = '!'");
    // The usage report to OpenDesa is the desa's to switch on.
    $db->exec("UPDATE setting_aplikasi SET value = '0' WHERE `key` = 'enable_track'");
    $db->exec('DELETE FROM log_login');
    $db->exec('DELETE FROM sys_traffic');
}
