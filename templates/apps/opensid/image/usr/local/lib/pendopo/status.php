<?php

declare(strict_types=1);

/** Says what really runs here, and refuses to call it well when a visitor would not notice what is wrong. */
return static function (array $input): array {
    $release = Release::ofThisImage();
    $answer  = ['version' => $release->version, 'migrated' => false, 'kode' => null, 'nama' => null];

    try {
        $db = connect();
        refuse_empty_schema($db);
        $desa = desa_of_this_key($db);

        $answer['kode']     = dotted((string) $desa['kode_desa']);
        $answer['nama']     = $desa['nama_desa'];
        $answer['migrated'] = is_migrated($db, $release);

        refuse_newer_schema($db, $release);
        check_owner($desa, required($input, 'kode'));
        check_settings($db, $desa);
        check_views($db);
        check_writable();
    } catch (PDOException $error) {
        return ['ok' => false, 'pesan' => explain_database_error($error)] + $answer;
    } catch (Failure $failure) {
        return ['ok' => false, 'pesan' => $failure->getMessage()] + $answer;
    }

    return $answer;
};

function check_owner(array $desa, string $kode): void
{
    if ((string) $desa['kode_desa'] !== $kode) {
        throw new Failure($desa['kode_desa']
            ? "Basis data ini milik desa {$desa['kode_desa']} ({$desa['nama_desa']}), bukan {$kode}."
            : 'Identitas desa belum diisi.');
    }
}

/** Without its settings OpenSID still answers 200, with half a page. */
function check_settings(PDO $db, array $desa): void
{
    $settings = $db->prepare('SELECT COUNT(*) FROM setting_aplikasi WHERE config_id = ?');
    $settings->execute([$desa['id']]);

    if ((int) $settings->fetchColumn() === 0) {
        throw new Failure('Tabel setting_aplikasi tidak berisi pengaturan desa ini.');
    }
}

/** A view whose definer is gone breaks the public pages while the login page stays well. */
function check_views(PDO $db): void
{
    foreach ($db->query('SELECT TABLE_NAME FROM information_schema.VIEWS WHERE TABLE_SCHEMA = DATABASE()')->fetchAll(PDO::FETCH_COLUMN) as $view) {
        try {
            $db->query("SELECT 1 FROM `{$view}` LIMIT 0");
        } catch (PDOException $error) {
            throw new Failure("Tampilan (view) \"{$view}\" di basis data rusak: {$error->getMessage()}", previous: $error);
        }
    }
}

/** OpenSID answers 200 everywhere when it cannot write, and loses what people send. */
function check_writable(): void
{
    foreach (['desa', 'desa/config', 'storage/framework', 'storage/logs', 'backup_inkremental'] as $folder) {
        $probe = APP . "/{$folder}/.pendopo-" . getmypid();
        if (@file_put_contents($probe, 'x') !== 1 || ! @unlink($probe)) {
            throw new Failure("Folder {$folder} tidak dapat ditulisi: disk penuh, hanya-baca, atau pemiliknya salah.");
        }
    }
}
