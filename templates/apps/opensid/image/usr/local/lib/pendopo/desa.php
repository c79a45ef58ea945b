<?php

declare(strict_types=1);

/** OpenSID takes an empty schema for a new installation: it fills it and throws away desa/app_key. */
function refuse_empty_schema(PDO $db): void
{
    if (count_tables($db) === 0) {
        throw new Failure('Basis data kosong. Pulihkan cadangannya atau muat templatnya dahulu.');
    }
}

/** The desa that desa/app_key belongs to, as its own site finds it. */
function desa_of_this_key(PDO $db): array
{
    $desa = $db->prepare('SELECT id, kode_desa, nama_desa, website FROM config WHERE app_key = ?');
    $desa->execute([app_key()]);

    return $desa->fetch() ?: throw new Failure('Tidak ada desa di basis data ini yang cocok dengan desa/app_key: berkas dan basis data bukan pasangan.');
}

/** The desa of a database that holds just one, whatever its key. */
function only_desa(PDO $db): array
{
    $all = $db->query('SELECT id, kode_desa, nama_desa, website FROM config')->fetchAll();

    return count($all) === 1 ? $all[0] : throw new Failure('Basis data ini memuat ' . count($all) . ' desa, seharusnya tepat satu.');
}

/** 5201140001 → 52.01.14.0001 */
function dotted(string $kode): string
{
    return preg_replace('/^(\d\d)(\d\d)(\d\d)(\d{4})$/', '$1.$2.$3.$4', $kode);
}
