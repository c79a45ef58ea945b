<?php

declare(strict_types=1);

/** Brings the desa's database to the version of this image. Nothing happens where it is there already. */
return static function (array $input): array {
    $release = Release::ofThisImage();
    $db      = connect();
    claim_schema($db);
    refuse_empty_schema($db);
    desa_of_this_key($db);
    refuse_newer_schema($db, $release);

    $version = (string) $db->query("SELECT value FROM setting_aplikasi WHERE `key` = 'current_version' LIMIT 1")->fetchColumn();
    if ((int) str_replace('.', '', $version) < (int) $release->oldest) {
        throw new Failure("Basis data dari OpenSID {$version} terlalu lama: perbarui dahulu ke versi {$release->oldest}.");
    }

    $changed = ! is_migrated($db, $release);
    let_opensid_migrate($db, $release);

    return ['version' => $release->version, 'schema' => $release->schema, 'changed' => $changed];
};
