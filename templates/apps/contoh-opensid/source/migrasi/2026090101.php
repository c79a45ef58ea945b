<?php

declare(strict_types=1);

/** The views the pages count with. */
return static function (PDO $db): void {
    $db->exec('CREATE OR REPLACE VIEW penduduk_hidup AS SELECT * FROM tweb_penduduk WHERE status_dasar = 1');
    $db->exec(
        'CREATE OR REPLACE VIEW keluarga_aktif AS SELECT k.* FROM tweb_keluarga k
         JOIN tweb_penduduk p ON p.id = k.nik_kepala WHERE p.status_dasar = 1'
    );
};
