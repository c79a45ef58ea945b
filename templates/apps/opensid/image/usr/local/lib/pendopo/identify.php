<?php

declare(strict_types=1);

/**
 * Gives a loaded template its desa: identity, the key of its files, time zone, administrator.
 * Repeatable; a password the desa has chosen meanwhile stays, and so does its time zone.
 */
return static function (array $input): array {
    $kode     = required($input, 'kode');
    $identity = [
        'kode_desa'      => $kode,
        'nama_desa'      => required($input, 'nama'),
        'kode_kecamatan' => substr($kode, 0, 6),
        'nama_kecamatan' => required($input, 'kecamatan'),
        'kode_kabupaten' => substr($kode, 0, 4),
        'nama_kabupaten' => required($input, 'kabupaten'),
        'kode_propinsi'  => substr($kode, 0, 2),
        'nama_propinsi'  => required($input, 'provinsi'),
        'app_key'        => app_key(),
    ];
    $password = required($input, 'adminPassword');

    if (! preg_match('/^\d{10}$/', $kode)) {
        throw new Failure("Kode desa \"{$kode}\" bukan 10 angka.");
    }

    $db = connect();
    refuse_empty_schema($db);
    $now = only_desa($db);

    if (! in_array($now['kode_desa'], ['', null, $kode], true)) {
        throw new Failure("Basis data ini milik desa {$now['kode_desa']} ({$now['nama_desa']}), bukan {$kode}.");
    }

    $db->beginTransaction();
    $columns = implode(', ', array_map(static fn (string $column): string => "{$column} = :{$column}", array_keys($identity)));
    $db->prepare("UPDATE config SET {$columns} WHERE id = :id")->execute($identity + ['id' => $now['id']]);

    if ((string) $now['kode_desa'] === '') {
        $db->prepare("UPDATE setting_aplikasi SET value = ? WHERE `key` = 'timezone'")->execute([time_zone_of($kode)]);
    }

    $admin = $db->prepare(<<<'SQL'
        UPDATE user JOIN user_grup ON user_grup.id = user.id_grup AND user_grup.slug = 'administrator'
           SET user.username = 'admin', user.password = ?
         WHERE user.password = '!'
        SQL);
    $admin->execute([password_hash($password, PASSWORD_BCRYPT)]);
    $db->commit();

    return ['kode' => dotted($kode), 'admin' => 'admin', 'passwordSet' => $admin->rowCount() === 1];
};

/** Provinces of WITA and WIT by the first two digits; the rest is WIB. */
function time_zone_of(string $kode): string
{
    return match (true) {
        in_array(substr($kode, 0, 2), ['51', '52', '53', '63', '64', '65', '71', '72', '73', '74', '75', '76'], true) => 'Asia/Makassar',
        $kode[0] === '8' || $kode[0] === '9' => 'Asia/Jayapura',
        default => 'Asia/Jakarta',
    };
}
